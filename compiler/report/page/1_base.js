'use strict';
// What stands in the page comes from data and programs of people: all of it is put there as text, never as HTML.

/** An element: make('td', {class: 'number'}, 'text', child, [more]). */
function make(name, attributes, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes || {})) {
    if (value === undefined || value === null || value === false) continue;
    if (typeof value === 'function') element.addEventListener(key, value);
    else if (key === 'css') Object.assign(element.style, value);
    else element.setAttribute(key, value === true ? '' : String(value));
  }
  for (const child of children.flat(9))
    if (child !== undefined && child !== null && child !== false) element.append(child);
  return element;
}

/** A number as people read it: four digits that count. */
function shown(value) {
  if (value === null || value === undefined || Number.isNaN(value)) return '–';
  if (typeof value !== 'number') return String(value);
  if (Number.isInteger(value) && Math.abs(value) < 1e15) return value.toLocaleString('en-US');
  const size = Math.abs(value);
  if (size >= 1e6 || size < 1e-4) return value.toExponential(3);
  return size >= 1000 ? value.toFixed(1) : String(Number(value.toPrecision(4)));
}
/** The same of a loss or metric: with all of its four digits, as others stand beside it. */
function measured(value) {
  const size = Math.abs(value);
  return typeof value === 'number' && size < 1e4 && (size >= 1e-3 || size === 0) ? Number(value).toPrecision(4) : shown(value);
}
/** The least and the most of numbers, however many they are. */
const ends = (numbers) => numbers.reduce(([least, most], one) => [Math.min(least, one), Math.max(most, one)], [Infinity, -Infinity]);
const count = (number, one, many) => `${shown(number)} ${number === 1 ? one : many || one + 's'}`;
const percent = (share) => (Number.isFinite(share) ? `${(100 * share).toFixed(share === 1 || share === 0 ? 0 : 1)} %` : '–');

function bytes(number) {
  const units = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB'];
  let unit = 0;
  while (number >= 1024 && unit + 1 < units.length) { number /= 1024; ++unit; }
  return `${unit ? number.toFixed(1) : number} ${units[unit]}`;
}

function time(seconds) {
  if (!Number.isFinite(seconds)) return '–';
  if (seconds >= 3600) return `${Math.floor(seconds / 3600)} h ${Math.round(seconds % 3600 / 60)} min`;
  if (seconds >= 60) return `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
  for (const [unit, size] of [['s', 1], ['ms', 1e-3], ['µs', 1e-6]])
    if (seconds >= size) return `${Number((seconds / size).toPrecision(3))} ${unit}`;
  return `${Number((seconds / 1e-9).toPrecision(3))} ns`;
}

/** A table of rows; a column whose cells are numbers stands at the right. */
function table(head, rows, attributes) {
  const isNumber = (value) => typeof value === 'number' || (typeof value === 'string' && /^[–−-]?[\d.,]+(e[+-]?\d+)?$/.test(value));
  const numeric = head.map((_, column) => column > 0 && rows.some((row) => isNumber(row[column])));
  const cell = (name, value, column, more) =>
    make(name, {class: numeric[column] ? 'number' : undefined, ...more}, value instanceof Node ? value : shown(value));
  return make('div', {class: 'scroll'}, make('table', attributes,
    make('thead', {}, make('tr', {}, head.map((text, column) => cell('th', text, column, {scope: 'col'})))),
    make('tbody', {}, rows.map((row) => make('tr', {}, row.map((value, column) =>
      column === 0 ? cell('th', value, column, {scope: 'row'}) : cell('td', value, column)))))));
}

/** Names and what they are. */
function facts(rows) {
  return make('table', {class: 'facts'}, make('tbody', {}, rows.map(([name, value]) =>
    make('tr', {}, make('th', {scope: 'row'}, name), make('td', {}, value instanceof Node ? value : shown(value))))));
}

/** Buttons of which one is chosen; arrow keys go from one to the next. */
function tabs(label, names, chosen, choose) {
  const buttons = names.map((name, number) => make('button', {
    type: 'button', role: 'tab', 'aria-selected': String(number === chosen), tabindex: number === chosen ? 0 : -1,
    click: () => pick(number),
    keydown: (event) => {
      const step = {ArrowRight: 1, ArrowLeft: -1}[event.key];
      if (!step) return;
      event.preventDefault();
      const next = (number + step + names.length) % names.length;
      pick(next);
      buttons[next].focus();
    },
  }, name));
  function pick(number) {
    buttons.forEach((button, at) => {
      button.setAttribute('aria-selected', String(at === number));
      button.tabIndex = at === number ? 0 : -1;
    });
    choose(number);
  }
  return make('div', {class: 'tabs', role: 'tablist', 'aria-label': label}, buttons);
}

/** Bars beside names: rows of [name, number, text]. */
function bars(rows, label) {
  const most = Math.max(1e-300, ...rows.map((row) => row[1]));
  return make('div', {class: 'scroll'}, make('table', {class: 'bars', 'aria-label': label}, make('tbody', {}, rows.map(([name, number, text]) =>
    make('tr', {}, make('th', {scope: 'row'}, name), make('td', {class: 'number'}, text || shown(number)),
      make('td', {class: 'fill'}, make('span', {class: 'bar', css: {width: `${100 * number / most}%`}})))))));
}
