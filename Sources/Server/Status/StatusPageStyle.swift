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
  .scroll { overflow-x: auto; margin-top: 1.25rem; background: var(--card); border: 1px solid var(--line);
    border-radius: .6rem; }
  table { border-collapse: collapse; width: 100%; }
  .scroll > table { min-width: 56rem; }
  caption { padding: .75rem 1rem .5rem; text-align: left; font-size: 1.1rem; font-weight: 600; }
  th, td { padding: .45rem 1rem; text-align: left; vertical-align: top; border-top: 1px solid var(--line); }
  thead th { font-size: .85rem; font-weight: 600; color: var(--quiet); }
  tbody th { font-weight: 600; white-space: nowrap; }
  .node th { padding-top: .8rem; font-size: 1.05rem; }
  .node ~ tr th { padding-left: 2rem; font-weight: 400; }
  .node .badge { margin-left: .5rem; }
  .site { margin-left: .5rem; font-size: .9rem; font-weight: 400; color: var(--quiet); }
  .number { font-variant-numeric: tabular-nums; white-space: nowrap; }
  code { font: .92em/1.4 ui-monospace, "DejaVu Sans Mono", Consolas, monospace; white-space: nowrap; }
  time { white-space: nowrap; }
  a { color: var(--link); }
  a:focus-visible, summary:focus-visible { outline: .2rem solid var(--link); outline-offset: .15rem; }
  summary { cursor: pointer; }
  .part { margin-top: 1.25rem; padding: .6rem 1rem; background: var(--card); border: 1px solid var(--line);
    border-radius: .6rem; }
  h2 { margin: 0; font-size: 1.1rem; font-weight: 600; }
  .columns { display: grid; grid-template-columns: repeat(auto-fit, minmax(11rem, 1fr)); gap: 0 2.5rem;
    align-items: start; }
  .columns caption { padding-left: 0; font-size: 1rem; color: var(--quiet); }
  .columns th, .columns td { padding: .3rem 0; font-weight: 400; }
  .columns .number { text-align: right; }
  dl { display: grid; grid-template-columns: max-content 1fr; gap: .4rem 1.5rem; margin: .75rem 0 .25rem; }
  dt { color: var(--quiet); }
  dd { margin: 0; overflow-wrap: anywhere; }
  dd a { margin-right: .75rem; }
  </style>

  """
