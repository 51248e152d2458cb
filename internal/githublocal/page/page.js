// The page's own script: light or dark by a button or by #light and #dark, and diagrams.
(() => {
  const root = document.documentElement;
  const system = matchMedia('(prefers-color-scheme: dark)');
  const chosen = location.hash.slice(1);
  if (chosen === 'light' || chosen === 'dark') root.dataset.theme = chosen;
  const dark = () => (root.dataset.theme || (system.matches ? 'dark' : 'light')) === 'dark';

  const blocks = [...document.querySelectorAll('pre.mermaid')].map(pre => {
    const figure = document.createElement('div');
    figure.className = 'diagram';
    pre.replaceWith(figure);
    return { figure, pre, source: pre.textContent };
  });
  let round = 0;
  async function draw() {
    const mine = ++round;
    root.dataset.diagrams = 'drawing';
    let failed = 0;
    if (typeof mermaid !== 'undefined') {
      mermaid.initialize({
        startOnLoad: false, securityLevel: 'strict', theme: dark() ? 'dark' : 'default',
        fontFamily: getComputedStyle(document.body).fontFamily, gantt: { useWidth: 780 },
      });
    }
    for (const [i, block] of blocks.entries()) {
      try {
        if (typeof mermaid === 'undefined') throw null;
        const { svg } = await mermaid.render(`diagram-${mine}-${i}`, block.source);
        if (mine !== round) return;
        block.figure.innerHTML = svg;
      } catch (problem) {
        block.figure.replaceChildren(block.pre);
        if (problem === null) continue;
        failed++;
        const note = document.createElement('p');
        note.className = 'unable';
        note.textContent = 'Unable to render rich display: ' + (problem.message || problem);
        block.figure.prepend(note);
        document.querySelectorAll(`body > [id^="ddiagram-${mine}"]`).forEach(left => left.remove());
      }
    }
    root.dataset.diagrams = failed ? `failed ${failed} of ${blocks.length}` : `done ${blocks.length}`;
  }
  draw();

  const button = document.getElementById('theme');
  button.hidden = false;
  button.addEventListener('click', () => { root.dataset.theme = dark() ? 'light' : 'dark'; draw(); });
  system.addEventListener('change', () => { if (!root.dataset.theme) draw(); });
})();
