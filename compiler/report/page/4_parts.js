// The parts of the page: each takes the report and gives {name, title, place, draw}, or nothing where there is nothing to show.

const partNames = {train: 'training', validation: 'validation', test: 'test'};

/** Loss and metrics of a part, the loss first. */
const entriesOf = (numbers) => Object.entries(numbers || {}).sort((a, b) => (b[0] === 'loss') - (a[0] === 'loss'));

/** Best numbers first: what people look for is how good it is on what it has not seen. */
function summaryPart(report) {
  const place = make('div', {}), {runs} = report;
  for (const note of report.notes || []) place.append(make('p', {class: 'note'}, note));
  const tiles = [];
  if (runs.length === 1) {
    const [{numbers}] = runs, part = ['test', 'validation', 'train'].find((name) => entriesOf(numbers[name]).length);
    for (const [name, value] of entriesOf(part && numbers[part]))
      tiles.push(make('div', {class: 'tile'}, make('b', {}, measured(value)), make('span', {}, `${partNames[part]} ${name}`)));
  }
  for (const [name, value] of report.highlights || []) tiles.push(make('div', {class: 'tile'}, make('b', {}, shown(value)), make('span', {}, name)));
  if (tiles.length) place.append(make('div', {class: 'tiles'}, tiles));
  const numbers = make('div', {}, finalNumbers(runs)), contracts = report.contracts || [];
  if (contracts.length)
    numbers.append(make('h3', {}, 'What the program expects'), table(['expectation', 'holds'], contracts.map((contract) =>
      [make('code', {}, contract.text), make('span', {class: contract.holds ? 'yes' : 'no'}, contract.holds ? 'yes' : 'no')])));
  if (runs.length > 1) place.append(numbers, make('h3', {}, 'The trainings'), ...sideBySide(runs));
  else place.append(make('div', {class: 'two'}, numbers, make('div', {}, make('h3', {}, 'The training'), facts(runs[0].facts))));
  return {name: 'summary', title: 'Summary', place};
}

/** Loss and metrics of all parts when training has ended; of several trainings a row each. */
function finalNumbers(runs) {
  const columns = [], order = ['train', 'validation', 'test'];
  for (const part of runs.length > 1 ? [...order].reverse() : order)
    for (const run of runs)
      for (const [name] of entriesOf(run.numbers[part]))
        if (!columns.some((column) => column[0] === part && column[1] === name)) columns.push([part, name]);
  if (!columns.length) return [];
  const of = (run, part, name) => measured((run.numbers[part] || {})[name]);
  if (runs.length > 1)
    return [make('h3', {}, 'Numbers at the end, of each training'), table(['training', ...columns.map(([part, name]) => `${partNames[part]} ${name}`)],
      runs.map((run) => [run.name, ...columns.map(([part, name]) => of(run, part, name))]))];
  const parts = ['train', 'validation', 'test'].filter((part) => columns.some((column) => column[0] === part));
  return [make('h3', {}, 'Numbers at the end'), table(['', ...parts.map((part) => partNames[part])],
    [...new Set(columns.map((column) => column[1]))].map((name) => [name, ...parts.map((part) => of(runs[0], part, name))]))];
}

/** What is known of each training: what they have in common, and a column each for what differs. */
function sideBySide(runs) {
  const names = [...new Set(runs.flatMap((run) => run.facts.map((fact) => fact[0])))];
  const said = runs.map((run) => Object.fromEntries(run.facts));
  const differ = names.filter((name) => said.some((facts) => facts[name] !== said[0][name]));
  return [facts(names.filter((name) => !differ.includes(name)).map((name) => [name, said[0][name]])),
    differ.length ? table(['', ...runs.map((run) => run.name)], differ.map((name) => [name, ...said.map((facts) => facts[name] ?? '')])) : ''];
}

/** A chart for each number that was watched, with the curves of all parts and trainings. */
function curvesOf(report) {
  const names = [], runs = report.runs, several = runs.length > 1;
  for (const run of runs) for (const series of run.history.series) if (!names.includes(series.name)) names.push(series.name);
  return names.map((name) => {
    const all = [];
    runs.forEach((run, at) => {
      for (const series of run.history.series) {
        if (series.name !== name) continue;
        const points = run.history.epochs.map((epoch, row) => [epoch, series.values[row]]).filter((point) => typeof point[1] === 'number');
        const best = run.history.best;
        const part = partNames[series.part] || series.part;
        all.push({name: part, group: several ? run.name : undefined, points, color: several ? at : series.part === 'train' ? 0 : 1,
          dash: several && series.part === 'train' ? 'dashed' : 'solid', mark: best && best.measure === name && best.part === series.part ? best.epoch : undefined});
      }
    });
    const values = all.flatMap((one) => one.points.map((point) => point[1])), [least, most] = ends(values);
    return {title: name, x: report.runs[0].history.unit || 'epoch', y: name, whole: true, series: all, log: least > 0 && most > 10 * least, startsLog: several,
      hint: [several && all.some((one) => one.dash === 'dashed') && all.some((one) => one.dash === 'solid') ? 'dashed: training, solid: validation' : '',
        all.some((one) => one.mark !== undefined) ? 'upright dashes: the best epoch' : ''].filter(Boolean).join('; ')};
  });
}

function curvesPart(report) {
  const abouts = curvesOf(report);
  if (!abouts.length || !abouts.some((about) => about.series.some((one) => one.points.length))) {
    if (!report.live) return null;
    return {name: 'curves', title: 'Curves', place: make('div', {}, make('p', {class: 'soft'}, 'The first epoch is not through.'))};
  }
  const charts = abouts.map((about) => new Chart(about));
  const place = make('div', {}, chartHint(), make('div', {class: 'two'}, charts.map((chart) => chart.figure)));
  return {name: 'curves', title: 'Curves', place, draw: () => charts.forEach((chart) => chart.draw()),
    update: (later) => {
      const now = curvesOf(later);
      if (now.length !== charts.length) return false;
      charts.forEach((chart, at) => chart.update(now[at]));
      return true;
    }};
}

function resultsPart(report) {
  const runs = report.runs.filter((run) => (run.outputs || []).length);
  if (!runs.length) return null;
  const place = make('div', {}), shows = make('div', {});
  let drawn = false, chosen = 0;
  const show = () => {
    const run = runs[chosen], made = run.outputs.map((output) => outputResults(output, partNames[run.part] || run.part));
    shows.replaceChildren(make('p', {class: 'soft'}, `What the trained net answers to the ${count(run.asked, 'example')} of the part ${partNames[run.part] || run.part}.`), ...made.map((one) => one.place));
    if (drawn) made.forEach((one) => one.draw());
    return made;
  };
  if (runs.length > 1) place.append(tabs('training', runs.map((run) => run.name), 0, (number) => { chosen = number; show(); }));
  place.append(shows);
  const first = show();
  return {name: 'results', title: 'Answers', place, draw: () => { drawn = true; first.forEach((one) => one.draw()); }};
}

/** How often the numbers of a column lie where between its least and its most. */
function histogram(column) {
  const [, most] = ends(column.bars);
  const label = `of ${column.bars.length} equal parts from ${shown(column.least)} to ${shown(column.most)} the fullest has ${shown(most)}`;
  return make('span', {class: 'histogram', role: 'img', 'aria-label': label, title: label},
    column.bars.map((bar) => make('span', {css: {height: `${bar ? Math.max(6, 100 * bar / most) : 0}%`}})));
}

/** Examples of two numbers, by their class. */
function placesChart(data) {
  const {x, y, points} = data.places, names = data.classes.map((row) => row[0]);
  return new Chart({title: `The training part: ${y} against ${x}`, x, y, margin: .04, read: (row) => `${x} ${shown(row[0])}, ${y} ${shown(row.slice(1).find((value) => value !== null))}`,
    series: names.map((name, number) => ({name, color: number, dots: true, points: points.filter((point) => point[2] === name).sort((a, b) => a[0] - b[0])}))});
}

function dataPart(report) {
  const {data} = report;
  if (!data) return null;
  const place = make('div', {});
  const chart = data.places && data.classes.length <= palettes.light.length ? placesChart(data) : null;
  if (data.facts) place.append(facts(data.facts));
  if (data.classes && data.classes.length) {
    const parts = data.parts.filter((part) => data.classes.some((row) => row[1][part]));
    const most = Math.max(1, ...data.classes.map((row) => sum(Object.values(row[1]))));
    place.append(make('h3', {}, `Classes of ${data.target}`), table(['class', ...parts.map((part) => partNames[part]), ''], data.classes.map(([name, counts]) =>
      [name, ...parts.map((part) => counts[part] || 0), make('span', {class: 'bar', css: {width: `${8 * sum(Object.values(counts)) / most}em`}})])));
  }
  if (chart) place.append(make('div', {class: 'two'}, chart.figure));
  if (data.columns && data.columns.length) {
    const missing = data.columns.some((column) => column.missing > 0);
    place.append(make('h3', {}, 'Ranges'), table(['field', 'least', 'mean', 'most', 'deviation', ...(missing ? ['missing'] : []), 'from least to most'], data.columns.map((column) =>
      [column.name, column.least, column.mean, column.most, column.deviation, ...(missing ? [column.missing] : []), column.bars ? histogram(column) : ''])));
    if (data.more_columns) place.append(make('p', {class: 'soft'}, `And ${shown(data.more_columns)} more.`));
  }
  if (data.examples && data.examples.length) place.append(make('h3', {}, 'Some examples of the training part'), cards(data.examples));
  return {name: 'data', title: 'Data', place, draw: () => chart && chart.draw()};
}

function programPart(report) {
  const {program} = report;
  if (!program || !program.length) return null;
  const place = make('div', {});
  for (const file of program) {
    if (program.length > 1) place.append(make('h3', {}, file.name));
    const code = make('pre', {class: 'program', tabindex: 0, role: 'region', 'aria-label': `text of ${file.name}`});
    let line = make('span', {class: 'line'});
    for (const [kind, text] of file.pieces) {
      text.split('\n').forEach((piece, at) => {
        if (at) { code.append(line); line = make('span', {class: 'line'}); }
        if (piece) line.append(kind ? make('span', {class: kind}, piece) : piece);
      });
    }
    if (line.childNodes.length) code.append(line);
    place.append(code);
  }
  return {name: 'program', title: 'Program', place};
}

function costPart(report) {
  const {kernels, memory, layers} = report;
  if (!(kernels && kernels.length) && !(memory && memory.length) && !(layers && layers.length)) return null;
  const place = make('div', {});
  if (layers && layers.length)
    place.append(make('h3', {}, 'Layers'), table(['layer', 'made by', 'gives', 'parameters'], layers.map((row) => [row.path, row.definition, row.shape.join(' × ') || 'a number', row.parameters])));
  if (memory && memory.length) place.append(make('h3', {}, 'Memory'), facts(memory.map(([name, number]) => [name, typeof number === 'number' ? bytes(number) : number])));
  if (kernels && kernels.length) {
    place.append(make('h3', {}, 'Kernels: where the time of a step goes'), bars(kernels.map((row) => [row.name, row.seconds, `${time(row.seconds)}  ${percent(row.share)}`]), 'kernels'));
  }
  return {name: 'cost', title: 'Time and memory', place};
}

function environmentPart(report) {
  return report.environment && report.environment.length ? {name: 'environment', title: 'Environment', place: facts(report.environment)} : null;
}
