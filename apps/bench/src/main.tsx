import { render } from 'preact';
import { App } from './app/App.tsx';
import './style.css';

render(<App />, document.querySelector('#app')!);
