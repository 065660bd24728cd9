import { render } from 'preact';
import { App } from './app/App.tsx';
import { lookAround } from './engines/here.ts';
import './style.css';

render(<App here={await lookAround()} />, document.querySelector('#app')!);
