// Puts the parts together, and again when a training that is watched has more to show.

const shownParts = new Map();

function showReport(report) {
  document.title = `${report.title} – dnnc report`;
  document.getElementById('title').textContent = report.title;
  document.getElementById('lead').textContent = report.lead || '';
  const main = document.getElementById('main'), list = document.getElementById('parts');
  const focus = document.activeElement && document.activeElement.closest ? document.activeElement.closest('section') : null;
  allCharts.clear();
  const made = [summaryPart, curvesPart, resultsPart, dataPart, programPart, costPart, environmentPart].map((part) => part(report)).filter(Boolean);
  shownParts.clear();
  main.replaceChildren(...made.map((part) => {
    shownParts.set(part.name, part);
    return make('section', {id: part.name, 'aria-labelledby': `${part.name}-title`}, make('h2', {id: `${part.name}-title`}, part.title), part.place);
  }));
  list.replaceChildren(...made.map((part) => make('li', {}, make('a', {href: `#${part.name}`}, part.title))));
  for (const part of made) if (part.draw) part.draw();
  if (focus && document.getElementById(focus.id)) document.getElementById('main').focus({preventScroll: true});
}

const theReport = JSON.parse(document.getElementById('report').textContent);
showReport(theReport);

/** A report that is served while the training runs: told when there is more, it asks for it. */
function follow() {
  const place = document.getElementById('live');
  const say = (text) => { place.hidden = false; place.textContent = text; };
  const source = new EventSource('events');
  let busy = false, again = false;
  const refresh = async () => {
    if (busy) { again = true; return; }
    busy = true;
    try {
      const answer = await fetch('data', {cache: 'no-store'});
      if (!answer.ok) throw new Error(`status ${answer.status}`);
      const report = await answer.json();
      const curves = shownParts.get('curves');
      const same = report.state === 'running' && report.shape === follow.shape && curves && curves.update;
      if (!same || !curves.update(report)) showReport(report);
      follow.shape = report.shape;
      say(report.state === 'running' ? `Live: ${report.progress || 'training'}` : `The training has ended: ${report.state}.`);
    } catch (error) {
      say(`The page is no longer fed: ${error.message}`);
    }
    busy = false;
    if (again) { again = false; refresh(); }
  };
  follow.shape = theReport.shape;
  source.addEventListener('changed', refresh);
  source.addEventListener('open', refresh);
  source.addEventListener('error', () => say('dnnc watch has ended, or cannot be reached: what stands here is the last that it told.'));
}
if (theReport.live) follow();
