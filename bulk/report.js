'use strict';
// Filters the rows of the page. Only a screenful at a time is in the document, so that ten
// thousand rows stay quick.
(() => {
  const byID = id => document.getElementById(id);
  const data = byID('data');
  if (!data) return;
  const screenful = 200;
  const fold = text => text.normalize('NFKC').toLowerCase();
  const number = n => n.toLocaleString('en-US');
  const rows = JSON.parse(data.textContent).map(([line, part, username, outcome, reason]) => ({
    cells: [line, part || '', username, outcome, reason],
    outcome,
    username: fold(username),
    text: fold([line, part || '', username, outcome, reason].join('\n')),
  }));
  const left = Number(data.dataset.left);
  const query = byID('q'), outcome = byID('outcome'), body = byID('found'), count = byID('count'), more = byID('more');
  let found = rows, shown = 0;

  function element({cells, outcome}) {
    const row = document.createElement('tr');
    cells.forEach((value, i) => {
      const cell = document.createElement(i ? 'td' : 'th');
      if (!i) cell.scope = 'row';
      if (i === 3) cell.className = 'outcome ' + outcome;
      cell.textContent = value;
      row.append(cell);
    });
    return row;
  }

  function showMore() {
    const next = found.slice(shown, shown + screenful);
    body.append(...next.map(element));
    shown += next.length;
    more.hidden = shown === found.length;
    let text = found.length === rows.length ? '' : number(found.length) + ' of ';
    text += number(rows.length) + (rows.length === 1 ? ' row' : ' rows');
    if (shown < found.length) text += '; the first ' + number(shown) + ' are shown';
    if (left) text += '. ' + number(left) + ' more are in report.csv only';
    count.textContent = text + '.';
  }

  function search() {
    const q = fold(query.value.trim());
    const matching = rows.filter(row => row.text.includes(q) && (!outcome.value || row.outcome === outcome.value));
    // A link to one username must not show first other usernames that only contain it.
    found = [...matching.filter(row => row.username === q), ...matching.filter(row => row.username !== q)];
    shown = 0;
    body.replaceChildren();
    showMore();
  }

  // fromURL searches what the URL says: #q=text, or #outcome=failed&q=text.
  function fromURL() {
    const [, one, text] = location.hash.match(/^#(?:outcome=(\w+)&)?q=(.*)$/) || [];
    if (text === undefined) return;
    try {
      query.value = decodeURIComponent(text);
    } catch {
      query.value = text; // a text that the user typed
    }
    outcome.value = one || '';
    search();
    byID('rows').scrollIntoView();
  }

  function toURL() {
    const one = outcome.value && 'outcome=' + outcome.value + '&';
    history.replaceState(null, '', '#' + one + 'q=' + encodeURIComponent(query.value));
  }

  query.addEventListener('input', search);
  query.addEventListener('change', toURL);
  outcome.addEventListener('change', () => { search(); toURL(); });
  more.addEventListener('click', showMore);
  window.addEventListener('hashchange', fromURL);
  byID('controls').hidden = false;
  search();
  fromURL();
})();
