// The looks of the status page: one style sheet in the page itself, for a bright office and for the dark.
//
// Text on its ground has a contrast of 7:1 or near it in both schemes (WCAG 1.4.6); states never rely on colour.

/// The `style` element of the status page.
let statusPageStyle: StaticString = """
  <style>
  :root {
    color-scheme: light dark;
    --ground: #f6f7f9; --card: #ffffff; --text: #1b1f24; --quiet: #4a525c; --line: #d9dee4; --link: #0b4f9e;
    --good: #0f5a2e; --good-ground: #e0f3e6; --warning: #6b4300; --warning-ground: #fff0cc;
    --bad: #8c1414; --bad-ground: #fde4e2; --neutral: #3d4650; --neutral-ground: #e8ebef;
  }
  @media (prefers-color-scheme: dark) {
    :root {
      --ground: #101418; --card: #181d23; --text: #e4e8ec; --quiet: #a9b3bd; --line: #2c343d; --link: #8ec1ff;
      --good: #86e0a5; --good-ground: #14301f; --warning: #ffd27a; --warning-ground: #3a2b0b;
      --bad: #ffaaa3; --bad-ground: #451816; --neutral: #c3ccd5; --neutral-ground: #272e36;
    }
  }
  * { box-sizing: border-box; }
  body { margin: 0 auto; max-width: 84rem; padding: 1.5rem; background: var(--ground); color: var(--text);
    font: 1rem/1.5 system-ui, "Segoe UI", "DejaVu Sans", sans-serif; }
  header { padding: 1.25rem 1.5rem; border-radius: .6rem; border-left: .6rem solid currentColor; }
  h1 { margin: 0; font-size: 2rem; line-height: 1.2; letter-spacing: .02em; }
  .headline { margin: .35rem 0 0; font-size: 1.2rem; color: var(--text); }
  .facts { margin: .6rem 0 0; font-size: .9rem; color: var(--quiet); }
  .facts time { white-space: normal; }
  .good { color: var(--good); background: var(--good-ground); }
  .warning { color: var(--warning); background: var(--warning-ground); }
  .bad { color: var(--bad); background: var(--bad-ground); }
  .neutral { color: var(--neutral); background: var(--neutral-ground); }
  .badge { display: inline-block; padding: .05rem .55rem; border-radius: 1rem; font-size: .9rem; font-weight: 600;
    white-space: nowrap; }
  .notice { margin-top: 1rem; padding: .75rem 1.25rem; border: 1px solid var(--warning); border-radius: .6rem;
    background: var(--warning-ground); }
  .notice p { margin: 0; }
  pre { margin: .5rem 0 0; white-space: pre-wrap; overflow-wrap: anywhere; font-size: .9rem; }
  main > section { margin-top: 1.25rem; }
  table { border-collapse: collapse; width: 100%; }
  .cards { background: var(--card); border: 1px solid var(--line); border-radius: .6rem; border-collapse: separate;
    border-spacing: 0; }
  th, td { padding: .45rem .9rem; text-align: left; vertical-align: top; border-top: 1px solid var(--line); }
  thead th { border-top: 0; font-size: .85rem; font-weight: 600; color: var(--quiet); }
  tbody th { font-weight: 600; }
  .node th { padding-top: .8rem; font-size: 1.05rem; }
  .node ~ tr th { padding-left: 1.8rem; font-weight: 400; }
  .node .badge { margin-left: .5rem; }
  .site { margin-left: .5rem; font-size: .9rem; font-weight: 400; color: var(--quiet); }
  .host { margin: 0 0 .25rem; font-size: 1.1rem; font-weight: 600; color: var(--text); overflow-wrap: anywhere; }
  .findings { margin: .5rem 0 .25rem; padding: 0; list-style: none; }
  .findings li { padding: .25rem 0; }
  .fold { margin-top: .75rem; }
  .fold > summary { padding: .6rem 1rem; background: var(--card); border: 1px solid var(--line); border-radius: .6rem;
    font-weight: 600; }
  .fold[open] > summary { margin-bottom: .75rem; }
  .number { font-variant-numeric: tabular-nums; white-space: nowrap; }
  code { font: .92em/1.4 ui-monospace, "DejaVu Sans Mono", Consolas, monospace; white-space: nowrap; }
  time { white-space: nowrap; }
  a { color: var(--link); }
  a:focus-visible, summary:focus-visible { outline: .2rem solid var(--link); outline-offset: .15rem; }
  summary { cursor: pointer; }
  .part { margin-top: 1.25rem; padding: .6rem 1rem; background: var(--card); border: 1px solid var(--line);
    border-radius: .6rem; }
  h2 { margin: 0 0 .5rem; font-size: 1.1rem; font-weight: 600; }
  h3 { margin: .5rem 0 .25rem; font-size: 1rem; font-weight: 600; color: var(--quiet); }
  .columns { display: grid; grid-template-columns: repeat(auto-fit, minmax(11rem, 1fr)); gap: 0 2.5rem;
    align-items: start; }
  .columns th, .columns td { padding: .3rem 0; font-weight: 400; }
  .columns details { font-size: .9rem; color: var(--quiet); }
  .columns .number { text-align: right; }
  dl { display: grid; grid-template-columns: max-content 1fr; gap: .4rem 1.5rem; margin: .75rem 0 .25rem; }
  dt { color: var(--quiet); }
  dd { margin: 0; overflow-wrap: anywhere; }
  dd a { margin-right: .75rem; }
  .caches { font-size: .9rem; font-weight: 400; }
  @property --left { syntax: "<integer>"; inherits: false; initial-value: 0; }
  @keyframes countdown { from { --left: var(--from); } to { --left: 0; } }
  .countdown { animation: countdown calc(var(--from) * 1s) linear .5s both; counter-reset: left var(--left);
    font-variant-numeric: tabular-nums; }
  .countdown::after { content: "(" counter(left) " s left)"; }
  @media (max-width: 60rem) {
    body { padding: .75rem; }
    header { padding: 1rem; }
    h1 { font-size: 1.6rem; }
    dl { grid-template-columns: 1fr; gap: .1rem; }
    dd { margin-bottom: .5rem; }
    dd a { display: inline-block; padding: .25rem 0; }
    .cards, .cards tbody, .cards tr, .cards th, .cards td { display: block; }
    .cards { background: none; border: 0; }
    .cards thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
    .cards tr { margin-top: .75rem; padding: .4rem .9rem; background: var(--card); border: 1px solid var(--line);
      border-radius: .6rem; }
    .cards th, .cards td { padding: .15rem 0; border: 0; overflow-wrap: anywhere; }
    .cards td { position: relative; padding-left: 7.5rem; min-height: 1.8rem; }
    .cards td::before { content: attr(data-label); position: absolute; left: 0; color: var(--quiet); font-size: .9rem; }
    .cards .node { margin-bottom: 0; border-radius: .6rem .6rem 0 0; }
    .cards .node ~ tr { margin-top: 0; border-top: 0; border-radius: 0; }
    .cards .node ~ tr:last-child { border-radius: 0 0 .6rem .6rem; }
    .cards .node ~ tr th { padding-left: 0; }
    code { white-space: normal; overflow-wrap: anywhere; }
  }
  @media print {
    .countdown { display: none; }
    :root { color-scheme: light; --ground: #fff; --card: #fff; --text: #000; --quiet: #333; --line: #999;
      --good: #000; --warning: #000; --bad: #000; --neutral: #000; --good-ground: #fff; --warning-ground: #fff;
      --bad-ground: #fff; --neutral-ground: #fff; }
    body { max-width: none; padding: 0; font-size: 9pt; }
    header { border: 2px solid #000; }
    .badge { padding: 0; }
    a[href="/still"], a[href="/"] { display: none; }
    tr, tbody, li, .part { break-inside: avoid; }
    h2 { break-after: avoid; }
    details::details-content { content-visibility: visible; block-size: auto; }
  }
  </style>

  """
