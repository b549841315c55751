// Of what the trained net answers to the examples of a part: for classes, probabilities and numbers.

function sum(numbers) { return numbers.reduce((all, one) => all + one, 0); }

/** Of each class, from the table of counts: rows are what is right, columns what was answered. */
function ofClasses(counts) {
  return counts.map((row, at) => {
    const right = row[at], there = sum(row), answered = sum(counts.map((other) => other[at]));
    const precision = answered ? right / answered : NaN, recall = there ? right / there : NaN;
    return {there, precision, recall, f1: there + answered ? 2 * right / (there + answered) : NaN};
  });
}

function classTable(output) {
  const measured = ofClasses(output.counts);
  const withBar = (share) => {
    if (!Number.isFinite(share)) return make('span', {title: 'there is nothing to divide by'}, '–');
    return make('span', {}, share.toFixed(3), make('span', {class: 'bar', css: {width: `${3 * share}em`}, 'aria-hidden': 'true'}));
  };
  const rows = output.classes.map((name, at) => {
    const {there, precision, recall, f1} = measured[at];
    return [name, there, withBar(precision), withBar(recall), withBar(f1)];
  });
  return make('div', {}, make('h3', {}, 'Each class'), table(['class', 'examples', 'precision', 'recall', 'F1'], rows),
    make('p', {class: 'soft small'}, 'Precision: of the answers that name the class, how many are right. Recall: of its examples, how many are found. F1: both in one number, which is high only where both are.'));
}

/** A card of an example: its picture or numbers, what is right and what was answered. */
function card(example, output) {
  const wrong = example.wrong;
  const item = make('li', {class: wrong ? 'wrong' : undefined});
  if (example.picture) item.append(make('img', {src: example.picture, alt: `example ${example.row}`}));
  const said = output && output.kind === 'real' ? `answer ${shown(example.answer)}` : `answer ${example.answer}`;
  if (example.answer !== undefined)
    item.append(make('b', {}, said), example.sure !== undefined ? ` (${percent(example.sure)})` : '', make('br'));
  if (example.truth !== undefined) item.append(`${example.answer !== undefined ? 'right: ' : ''}${shown(example.truth)}`, make('br'));
  if (example.error !== undefined) item.append(`off by ${shown(example.error)}`, make('br'));
  item.append(make('span', {class: 'soft'}, example.place || `example ${example.row}`));
  if (example.values && example.values.length)
    item.append(make('span', {class: 'values'}, example.values.map(([name, value]) => `${name} ${shown(value)}`).join(', ')));
  return item;
}
function cards(examples, output) {
  const wordy = examples.some((example) => !example.picture);
  return make('ul', {class: wordy ? 'examples wordy' : 'examples'}, examples.map((example) => card(example, output)));
}

/** The table of what was taken for what; a cell shows its examples. */
function confusion(output) {
  const {classes, counts} = output;
  const shows = make('div', {'aria-live': 'polite'}, make('p', {class: 'hint soft'}, 'Choose a cell to see its examples. Arrow keys go from cell to cell.'));
  const cells = [];
  let pressed = null;
  const show = (right, answered, button) => {
    if (pressed) pressed.setAttribute('aria-pressed', 'false');
    pressed = button;
    button.setAttribute('aria-pressed', 'true');
    const of = (output.cells[`${right},${answered}`] || []).map((at) => output.examples[at]);
    const all = counts[right][answered];
    shows.replaceChildren(make('h3', {}, right === answered ? `${classes[right]}, answered right` : `${classes[right]}, taken for ${classes[answered]}`),
      make('p', {class: 'soft'}, all === 0 ? 'There is none.' : of.length < all ? `${of.length} of ${count(all, 'example')}` : count(all, 'example')), cards(of, output));
  };
  const move = (event, right, answered) => {
    const [down, across] = {ArrowDown: [1, 0], ArrowUp: [-1, 0], ArrowRight: [0, 1], ArrowLeft: [0, -1]}[event.key] || [0, 0];
    const next = cells[right + down] && cells[right + down][answered + across];
    if (!next || !(down || across)) return;
    event.preventDefault();
    cells[right][answered].tabIndex = -1;
    next.tabIndex = 0;
    next.focus();
  };
  const tall = Math.max(...classes.map((name) => name.length)) > 3;
  const body = counts.map((row, right) => {
    const all = sum(row);
    cells.push(row.map((number, answered) => {
      const share = all ? number / all : 0;
      const button = make('button', {
        type: 'button', 'aria-pressed': 'false', tabindex: right + answered ? -1 : 0,
        'aria-label': `${classes[right]} answered as ${classes[answered]}: ${number}`,
        click: () => show(right, answered, button), keydown: (event) => move(event, right, answered),
      }, number ? shown(number) : '·');
      // What is rare is seen too: mistakes are few where a net is good. At most half a colour: the number on it must be read.
      const depth = number === 0 ? 0 : right === answered ? .1 + .42 * share : Math.min(.52, .12 + share);
      button.style.background = depth ? `rgba(var(--${right === answered ? 'good' : 'bad'}), ${depth.toFixed(3)})` : 'var(--card)';
      return button;
    }));
    return make('tr', {}, make('th', {scope: 'row', title: classes[right]}, classes[right]), cells[right].map((cell) => make('td', {}, cell)));
  });
  return make('div', {}, make('h3', {}, 'What was taken for what'),
    make('p', {class: 'soft small'}, 'Rows: what is right. Columns: what the net answered. Blue is right, orange a mistake; the deeper, the larger its share of the row.'),
    make('div', {class: 'scroll'}, make('table', {class: 'confusion'},
      make('thead', {}, make('tr', {}, make('td'), classes.map((name) => make('th', {scope: 'col', class: tall ? 'tall' : undefined, title: name}, name)))),
      make('tbody', {}, body))), shows);
}

/** Two curves of a net that gives probabilities: `steps` are [threshold, right ones above it, wrong ones above it]. */
function thresholdCharts(output) {
  const {steps, positives, negatives, area, average} = output;
  if (!positives || !negatives) return make('p', {class: 'soft'}, 'The examples are all of one kind: there is no curve of them.');
  const roc = [[0, 0], ...steps.map(([, good, bad]) => [bad / negatives, good / positives])];
  const first = steps.length ? steps[0][1] / (steps[0][1] + steps[0][2]) : 1;
  const precision = [[0, first], ...steps.map(([, good, bad]) => [good / positives, good / (good + bad)])];
  const threshold = (row) => (row === 0 || !steps[row - 1] ? '' : ` at threshold ${shown(steps[row - 1][0])}`);
  const place = make('div', {class: 'two'});
  const about = {range: [0, 1.02], xRange: [0, 1.02]};
  return {place, charts: [
    new Chart({...about, title: `ROC, area ${area.toFixed(4)}`, x: 'false positive rate', y: 'true positive rate', lines: [[[0, 0], [1, 1]]], hint: 'dashed: guessing',
      series: [{name: 'ROC', points: roc, color: 0}], read: (row, at) => `false positives ${percent(row[0])}, true positives ${percent(row[1])}${threshold(at)}`}),
    new Chart({...about, title: `Precision and recall, average precision ${average.toFixed(4)}`, x: 'recall', y: 'precision',
      lines: [[[0, positives / (positives + negatives)], [1, positives / (positives + negatives)]]], hint: 'dashed: guessing',
      series: [{name: 'precision', points: precision, color: 0}], read: (row, at) => `recall ${percent(row[0])}, precision ${percent(row[1])}${threshold(at)}`}),
  ]};
}

/** Numbers that are answered: against what is right, and how far off. */
function regressionCharts(output) {
  const points = output.points, all = points.flat();
  const [least, most] = ends(all), margin = (most - least) * .04 || 1, range = [least - margin, most + margin];
  const sorted = [...points].sort((a, b) => a[0] - b[0]);
  const errors = points.map(([right, answered]) => answered - right), reach = ends(errors.map(Math.abs))[1] || 1;
  const bins = 21, counts = Array(bins).fill(0);
  for (const error of errors) counts[Math.min(bins - 1, Math.floor((error / reach + 1) / 2 * bins))] += 1;
  const place = make('div', {class: 'two'});
  const chart = new Chart({title: 'Answer against what is right', x: 'right', y: 'answer', range, xRange: range, lines: [[[range[0], range[0]], [range[1], range[1]]]],
    hint: 'dashed: where they are the same', series: [{name: 'examples', points: sorted, color: 0, dots: true}]});
  const width = 2 * reach / bins, edge = (at) => shown(Number((-reach + at * width).toPrecision(3))), [, most_of_bin] = ends(counts);
  const upright = make('div', {class: 'histogram large', role: 'img', 'aria-label': `Of ${points.length} answers ${counts[(bins - 1) / 2]} are off by less than ${shown(Number((width / 2).toPrecision(3)))}, the farthest by ${shown(reach)}`},
    counts.map((number, at) => make('span', {title: `${edge(at)} to ${edge(at + 1)}: ${number}`, css: {height: `${number ? Math.max(1, 100 * number / most_of_bin) : 0}%`}})));
  return {place, charts: [chart], more: make('figure', {}, make('figcaption', {}, 'How far answers are off'),
    make('p', {class: 'soft small'}, 'Answer minus what is right, and how many examples have it: right of the middle the net answered too much.'), upright,
    make('div', {class: 'axis'}, make('span', {}, shown(-reach)), make('span', {}, '0'), make('span', {}, shown(reach))),
    make('p', {class: 'reading short'}, `The highest bar has ${count(most_of_bin, 'example')}.`))};
}

/** What one output of a net answered. Charts are drawn when `draw` is called. */
function outputResults(output, part) {
  const place = make('div', {}), waiting = [];
  if (output.name) place.append(make('h3', {}, `Output ${output.name}`));
  if (output.counts) place.append(make('div', {class: 'two'}, confusion(output), classTable(output)));
  const put = (made) => {
    if (made instanceof Node) { place.append(made); return; }
    for (const chart of made.charts) { made.place.append(chart.figure); waiting.push(chart); }
    if (made.more) made.place.append(made.more);
    place.append(made.place);
  };
  if (output.steps) put(thresholdCharts(output));
  if (output.points && output.points.length) put(regressionCharts(output));
  if (output.worst && output.worst.length)
    place.append(make('h3', {}, 'Worst mistakes'), make('p', {class: 'soft small'}, output.kind === 'real' ? 'Those whose answers are farthest off.' : 'Wrong answers of which the net was surest.'),
      cards(output.worst.map((at) => output.examples[at]), output));
  else if (output.counts) place.append(make('p', {}, `There is no mistake among the ${count(sum(output.counts.flat()), 'example')} of the part ${part}.`));
  return {place, draw: () => waiting.forEach((chart) => chart.draw())};
}
