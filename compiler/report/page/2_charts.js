// Curves: dygraphs draws them; what is here are the words around them, keys, and the colours of light, dark and paper.

const palettes = {
  light: ['#0072B2', '#D55E00', '#009E73', '#A3457F', '#8A6A00', '#3E7FB5', '#444444', '#7A4BC2'],
  dark: ['#56B4E9', '#F0803C', '#2FC79A', '#E39AC4', '#E6C34A', '#8FC4EE', '#C9CED4', '#B79CEB'],
};
const darkness = window.matchMedia('(prefers-color-scheme: dark)');
let onPaper = false;
const allCharts = new Set();
const palette = () => palettes[darkness.matches && !onPaper ? 'dark' : 'light'];
const lineColors = () => (darkness.matches && !onPaper ? {grid: '#343c45', axis: '#6b7580'} : {grid: '#e3e7eb', axis: '#9aa3ad'});

function restyle() { for (const chart of allCharts) chart.restyle(); }
darkness.addEventListener('change', restyle);
window.addEventListener('beforeprint', () => { onPaper = true; restyle(); });
window.addEventListener('afterprint', () => { onPaper = false; restyle(); });

const dashes = {solid: null, dashed: [6, 4], dotted: [2, 3]};

function keyPicture(color, dash, dots) {
  const space = 'http://www.w3.org/2000/svg';
  const svg = document.createElementNS(space, 'svg');
  svg.setAttribute('width', '24');
  svg.setAttribute('height', '10');
  svg.setAttribute('aria-hidden', 'true');
  const shape = document.createElementNS(space, dots ? 'circle' : 'line');
  const places = dots ? {cx: 12, cy: 5, r: 3.5, fill: color}
    : {x1: 0, y1: 5, x2: 24, y2: 5, stroke: color, 'stroke-width': 2.5, 'stroke-dasharray': dash ? dash.join(' ') : 'none'};
  for (const [name, value] of Object.entries(places)) shape.setAttribute(name, value);
  svg.append(shape);
  return svg;
}

/** The numbers of all series by their x: rows of [x, of the first, of the second, ...]. */
function rowsOf(series) {
  const rows = [], last = new Map();
  series.forEach((one, number) => {
    let before = null, same = 0;
    for (const [x, y] of one.points) {
      same = x === before ? same + 1 : 0;  // a curve may rise at one place
      before = x;
      const key = `${x} ${same}`;
      let row = last.get(key);
      if (!row) {
        row = [x, ...series.map(() => null)];
        row.order = same;
        last.set(key, row);
        rows.push(row);
      }
      row[number + 1] = y;
    }
  });
  return rows.sort((a, b) => a[0] - b[0] || a.order - b.order);
}

/**
 * A chart: {title, x: 'epoch', y: 'loss', whole: x counts, log: may be looked at on a logarithmic scale, range: of y,
 * series: [{name, points: [[x, y]], color: number in the palette, dash, dots, mark: [x, why]}], read: text of a row}.
 */
class Chart {
  constructor(about) {
    this.about = about;
    this.visible = about.series.map(() => true);
    this.log = Boolean(about.log && about.startsLog);
    this.place = make('div', {class: 'plot'});
    this.reading = make('p', {class: about.series.length > 2 ? 'reading' : 'reading short', 'aria-live': 'polite'});
    this.keys = make('div', {class: 'keys'});
    this.frame = make('div', {
      tabindex: 0, role: 'application', 'aria-roledescription': 'chart', 'aria-label': this.summary(), keydown: (event) => this.key(event),
    }, this.place);
    this.numbers = make('details', {toggle: () => this.fillNumbers()}, make('summary', {}, 'All numbers'));
    this.figure = make('figure', {}, make('figcaption', {}, about.title), this.keys,
      about.y !== about.title && make('div', {class: 'axis'}, make('span', {}, `↑ ${about.y}`)), this.frame,
      make('div', {class: 'axis'}, make('span', {}, about.hint || ''), make('span', {}, `${about.x} →`)), this.reading,
      this.numbers);
    this.at = -1;
  }

  summary() {
    const parts = this.about.series.map((one) => {
      const last = one.points[one.points.length - 1];
      return last ? `${one.name}: ${count(one.points.length, 'point')}, last ${shown(last[1])}` : `${one.name}: nothing`;
    });
    return `${this.about.title}, ${this.about.y} against ${this.about.x}. ${parts.join('; ')}. Arrow keys read the points.`;
  }

  /** To be called when the figure is in the page. */
  draw() {
    this.rows = rowsOf(this.about.series);
    this.drawKeys();
    if (this.rows.length === 0) {
      this.place.replaceChildren(make('p', {class: 'soft'}, 'There are no numbers.'));
      return this;
    }
    this.graph = new Dygraph(this.place, this.rows, this.options());
    allCharts.add(this);
    new ResizeObserver(() => this.graph.resize()).observe(this.place);
    if (!this.about.read) { this.read(this.rows.length - 1); this.at = -1; }
    return this;
  }

  options() {
    const {about} = this, colors = palette(), lines = lineColors(), series = {};
    about.series.forEach((one, number) => {
      series[`s${number}`] = {
        color: colors[one.color % colors.length], strokePattern: dashes[one.dash || 'solid'], drawPoints: Boolean(one.dots) || one.points.length === 1,
        strokeWidth: one.dots ? 0 : 2, pointSize: one.points.length === 1 ? 4 : 2.2,
      };
    });
    const first = this.rows[0][0], last = this.rows[this.rows.length - 1][0];
    const margin = first === last ? 1 : about.margin ? about.margin * (last - first) : 0;
    return {
      labels: ['x', ...about.series.map((_, number) => `s${number}`)], series, legend: 'never', showLabelsOnHighlight: false,
      connectSeparatedPoints: true, gridLineColor: lines.grid, axisLineColor: lines.axis, axisLabelFontSize: 12, rightGap: 14,
      highlightCircleSize: 4, logscale: this.log, visibility: this.visible, animatedZooms: false, interactionModel: mouseOnly(),
      dateWindow: about.xRange || [first - margin, last + margin], valueRange: this.log ? undefined : about.range, xRangePad: 0, yRangePad: about.range ? 0 : 8,
      axes: {
        x: {axisLabelFormatter: (x) => (about.whole && !Number.isInteger(x) ? '' : shown(x)), pixelsPerLabel: 70, valueFormatter: shown},
        y: {axisLabelFormatter: (y) => shown(Number(y.toPrecision(6))), axisLabelWidth: 56, valueFormatter: shown},
      },
      highlightCallback: (_event, _x, _points, row) => this.read(row),
      unhighlightCallback: () => {},
      underlayCallback: (canvas, area, graph) => this.underlay(canvas, area, graph),
    };
  }

  /** Lines that belong to the chart, under its curves: the best epoch, the diagonal. */
  underlay(canvas, area, graph) {
    canvas.save();
    canvas.setLineDash([4, 4]);
    canvas.lineWidth = 1.5;
    for (const [from, to] of this.about.lines || []) {
      canvas.strokeStyle = lineColors().axis;
      canvas.beginPath();
      canvas.moveTo(...graph.toDomCoords(...from));
      canvas.lineTo(...graph.toDomCoords(...to));
      canvas.stroke();
    }
    this.about.series.forEach((one, number) => {
      if (!one.mark || !this.visible[number]) return;
      const x = graph.toDomXCoord(one.mark);
      if (!(x >= area.x && x <= area.x + area.w)) return;
      canvas.strokeStyle = palette()[one.color % palette().length];
      canvas.globalAlpha = .7;
      canvas.beginPath();
      canvas.moveTo(x, area.y);
      canvas.lineTo(x, area.y + area.h);
      canvas.stroke();
    });
    canvas.restore();
  }

  /** A button for each series, or for those that belong together. */
  drawKeys() {
    const {series} = this.about, colors = palette(), groups = new Map();
    series.forEach((one, number) => {
      const group = one.group || one.name;
      groups.set(group, [...(groups.get(group) || []), number]);
    });
    const buttons = [...groups].map(([name, numbers]) => {
      const one = series[numbers[numbers.length - 1]];
      return make('button', {
        type: 'button', 'aria-pressed': String(this.visible[numbers[0]]), title: 'show or hide',
        click: () => {
          for (const number of numbers) this.visible[number] = !this.visible[number];
          this.restyle();
          [...this.keys.querySelectorAll('button')].find((button) => button.textContent === name).focus();
        },
      }, keyPicture(colors[one.color % colors.length], dashes[one.dash || 'solid'], one.dots), name);
    });
    const does = (text, label, act, pressed) =>
      make('button', {type: 'button', class: 'does', 'aria-label': label, title: label, 'data-on': pressed ? '1' : undefined, click: act}, text);
    this.keys.replaceChildren(...buttons, does('+', 'zoom in', () => this.zoom(.5)), does('−', 'zoom out', () => this.zoom(2)), does('all', 'all of it', () => this.all()));
    if (this.about.log)
      this.keys.append(does(this.log ? 'linear scale' : 'log scale', 'change the scale of the numbers', () => { this.log = !this.log; this.restyle(); }));
  }

  restyle() {
    this.drawKeys();
    if (!this.graph) return;
    const window = this.graph.xAxisRange();
    this.graph.updateOptions({...this.options(), dateWindow: window});
  }

  /** More numbers, of a training that goes on. */
  update(about) {
    const zoomed = this.graph && this.graph.isZoomed('x') && this.zoomedByHand;
    const window = zoomed ? this.graph.xAxisRange() : null;
    this.about = about;
    while (this.visible.length < about.series.length) this.visible.push(true);
    this.rows = rowsOf(about.series);
    this.frame.setAttribute('aria-label', this.summary());
    if (this.numbers.open) this.fillNumbers();
    if (!this.graph) { if (this.rows.length) { this.place.replaceChildren(); this.draw(); } return; }
    this.drawKeys();
    const options = this.options();
    this.graph.updateOptions({...options, file: this.rows, dateWindow: window || options.dateWindow});
  }

  read(row) {
    this.at = row;
    const values = this.rows[row];
    if (!values) return;
    if (this.about.read) { this.reading.textContent = this.about.read(values, row); return; }
    const parts = this.about.series.map((one, number) => {
      if (values[number + 1] === null || !this.visible[number]) return '';
      const goesOn = one.group && number > 0 && this.about.series[number - 1].group === one.group && values[number] !== null;
      return `${goesOn ? ', ' : one.group ? `; ${one.group} ` : number ? ', ' : ''}${one.name} ${shown(values[number + 1])}`;
    });
    this.reading.textContent = `${this.about.x} ${shown(values[0])}: ${parts.join('').replace(/^[;,] /, '')}`;
  }

  zoom(factor) {
    const [from, to] = this.graph.xAxisRange(), whole = this.graph.xAxisExtremes();
    const middle = this.at >= 0 && this.rows[this.at] ? Math.min(to, Math.max(from, this.rows[this.at][0])) : (from + to) / 2;
    const half = (to - from) * factor / 2;
    this.zoomedByHand = true;
    this.graph.updateOptions({dateWindow: [Math.max(whole[0], middle - half), Math.min(whole[1], middle + half)]});
  }
  all() {
    this.zoomedByHand = false;
    this.graph.updateOptions({dateWindow: this.options().dateWindow, valueRange: this.about.range || null});
  }

  key(event) {
    if (!this.graph || event.ctrlKey || event.metaKey || event.altKey || event.target !== this.frame) return;
    const last = this.rows.length - 1;
    const to = {ArrowRight: Math.min(last, this.at + 1), ArrowLeft: Math.max(0, this.at - 1), Home: 0, End: last}[event.key];
    if (to !== undefined) { this.graph.setSelection(to); this.read(to); }
    else if (event.key === '+' || event.key === '=') this.zoom(.5);
    else if (event.key === '-') this.zoom(2);
    else if (event.key === '0' || event.key === 'Escape') this.all();
    else return;
    event.preventDefault();
  }

  fillNumbers() {
    if (!this.numbers.open) return;
    const rows = this.rows || [], most = 2000;
    const head = [this.about.x, ...this.about.series.map((one) => one.name)];
    this.numbers.replaceChildren(this.numbers.firstChild, table(head, rows.slice(0, most)));
    if (rows.length > most) this.numbers.append(make('p', {class: 'soft'}, `The first ${shown(most)} of ${count(rows.length, 'row')}.`));
  }
}

/** What can be done with charts, said once for all that follow. */
const chartHint = () => make('p', {class: 'hint soft small'},
  'Drag along a chart to zoom in, double-click to see all of it. With the keyboard: ← → read its points, + and − zoom, 0 shows all.');

/** A finger scrolls the page; what it would do to the chart are buttons. */
function mouseOnly() {
  const model = {...Dygraph.defaultInteractionModel};
  for (const name of Object.keys(model)) if (name.startsWith('touch')) delete model[name];
  return model;
}
