import { render } from 'preact';
import { App } from './app/App.tsx';
import { lookAround } from './engines/here.ts';
import './style.css';

const place = document.querySelector('#app')!;
render(<App />, place);
render(<App here={await lookAround()} />, place);
