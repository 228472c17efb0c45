// What the renderers make of `StatusReport.smallest()`, octet by octet. Here: the page from its body on.

let goldenPageBody = #"""
  </head>
  <body>
  <header class="bad">
  <p class="host">ns1.kreis.example</p>
  <h1><span aria-hidden="true">✖</span> SERVICE LOST</h1>
  <p class="headline">pool relay: all nodes fail their checks (IPv4), all are handed out; the last reload was refused (2 errors)</p>
  <p class="facts">Rondo 0.1.0 · up 4h 03m · as of <time datetime="2026-11-24T10:03:21Z">2026-11-24 11:03:21 CET (2026-11-24 10:03:21 UTC)</time> · does not reload, <a href="/">reload every 5 seconds</a></p>
  </header>
  <main>
  <section class="part">
  <h2>Needs attention: 2</h2>
  <ul class="findings">
  <li><span class="badge bad"><span aria-hidden="true">✖</span> critical</span> pool relay: all nodes fail their checks (IPv4), all are handed out</li>
  <li><span class="badge warning"><span aria-hidden="true">▲</span> warning</span> the last reload was refused (2 errors)</li>
  </ul>
  </section>
  <section class="notice">
  <h2>The last reload was refused: 2 errors</h2>
  <p>The configuration from before is still in use. Tried <time datetime="2026-11-24T09:01:21Z" title="2026-11-24 10:01:21 CET, 2026-11-24T09:01:21Z">1h 02m ago</time>. The first error:</p>
  <pre>Config/mail.zone:14:22: error: pool &quot;acess&quot; is not defined</pre>
  </section>
  <section>
  <h2 id="pools">Pools: what clients are given now</h2>
  <table class="cards" aria-labelledby="pools">
  <thead><tr><th scope="col">Pool</th><th scope="col">State</th><th scope="col">Family</th><th scope="col">In the answers</th><th scope="col">Kept out</th><th scope="col">Checks</th><th scope="col">Names (TTL)</th></tr></thead>
  <tbody>
  <tr><th scope="row">relay</th><td data-label="State"><span class="badge bad"><span aria-hidden="true">✖</span> all down, answering all</span></td><td data-label="Family">IPv4</td><td data-label="In the answers"><strong>ex1</strong> <code>192.0.2.11</code><br><strong>ex2</strong> <code>198.51.100.11</code></td><td data-label="Kept out">–</td><td data-label="Checks">owa</td><td data-label="Names (TTL)">mail.kreis.example. (60 s)</td></tr>
  </tbody></table>
  </section>
  <section>
  <h2 id="nodes">Nodes: what the checks find</h2>
  <table class="cards" aria-labelledby="nodes">
  <thead><tr><th scope="col">Address</th><th scope="col">Check</th><th scope="col">State</th><th scope="col">Since</th><th scope="col">Last probe</th><th scope="col">Latency</th><th scope="col">Reason</th></tr></thead>
  <tbody>
  <tr class="node"><th scope="rowgroup" colspan="7">ex1 <span class="site">site nord</span> <span class="badge bad"><span aria-hidden="true">✖</span> down</span></th></tr>
  <tr><th scope="row"><code>192.0.2.11</code></th><td data-label="Check">owa <code>tcp:443</code></td><td data-label="State"><span class="badge bad"><span aria-hidden="true">✖</span> down</span></td><td data-label="Since"><time datetime="2026-11-24T10:00:01Z" title="2026-11-24 11:00:01 CET, 2026-11-24T10:00:01Z">3m ago</time></td><td data-label="Last probe"><time datetime="2026-11-24T10:03:18Z" title="2026-11-24 11:03:18 CET, 2026-11-24T10:03:18Z">3s ago</time></td><td data-label="Latency">–</td><td data-label="Reason">said &quot;&lt;b&gt;421&lt;/b&gt;&quot; \027[2J &amp; \ &#39;Süd&#39;\010 (passing 1 of 2)</td></tr>
  </tbody>
  </table>
  </section>
  <section class="part">
  <h2>Counters since the start</h2>
  <div class="columns">
  <div><h3>Queries</h3>
  <table aria-label="Queries"><tbody>
  <tr><th scope="row">UDP over IPv4</th><td class="number">1204</td></tr>
  <tr><th scope="row">TCP over IPv6</th><td class="number">3</td></tr>
  </tbody></table>
  <details><summary>2 at zero</summary>UDP over IPv6, TCP over IPv4</details>
  </div>
  <div><h3>Replies</h3>
  <table aria-label="Replies"><tbody>
  <tr><th scope="row">NOERROR</th><td class="number">1200</td></tr>
  <tr><th scope="row">REFUSED</th><td class="number">7</td></tr>
  </tbody></table>
  <details><summary>9 at zero</summary>FORMERR, SERVFAIL, NXDOMAIN, NOTIMP, YXDOMAIN, NOTAUTH, BADVERS, BADCOOKIE, with the TC bit</details>
  </div>
  <div><h3>Trouble</h3>
  <table aria-label="Trouble"><tbody>
  <tr><th scope="row">dropped: too short</th><td class="number">2</td></tr>
  </tbody></table>
  <details><summary>6 at zero</summary>malformed, EDNS errors, transfers refused, dropped: not a query, dropped: from port 0, dropped: not sent</details>
  </div>
  <div><h3>TCP connections</h3>
  <table aria-label="TCP connections"><tbody>
  <tr><th scope="row">accepted</th><td class="number">3</td></tr>
  </tbody></table>
  <details><summary>4 at zero</summary>open now, crowded out, malformed, closed idle</details>
  </div>
  <div><h3>Checks</h3>
  <table aria-label="Checks"><tbody>
  <tr><th scope="row">probes</th><td class="number">11684</td></tr>
  </tbody></table>
  <details><summary>3 at zero</summary>failed, changes of state, answers renewed</details>
  </div>
  </div></section>
  <section>
  <h2 id="zones">Zones answered for: 1</h2>
  <table class="cards" aria-labelledby="zones">
  <thead><tr><th scope="col">Zone</th><th scope="col">Serial</th><th scope="col">Names</th></tr></thead>
  <tbody>
  <tr><th scope="row">mail.kreis.example.</th><td data-label="Serial">1795510000</td><td data-label="Names">1</td></tr>
  </tbody></table>
  </section>
  </main>
  <footer class="part">
  <h2>Daemon</h2>
  <dl>
  <dt>Configuration</dt><dd>Config/mail.zone, read <time datetime="2026-11-24T08:46:40Z" title="2026-11-24 09:46:40 CET, 2026-11-24T08:46:40Z">1h 16m ago</time></dd>
  <dt>Last reload</dt><dd>refused <time datetime="2026-11-24T09:01:21Z" title="2026-11-24 10:01:21 CET, 2026-11-24T09:01:21Z">1h 02m ago</time></dd>
  <dt>Started</dt><dd><time datetime="2026-11-24T06:00:00Z" title="2026-11-24 07:00:00 CET, 2026-11-24T06:00:00Z">4h 03m ago</time></dd>
  <dt>Listens on</dt><dd>dns-udp <code>0.0.0.0:53</code><br>dns-tcp <code>[::]:53</code><br>status <code>127.0.0.1:8053</code></dd>
  <dt>For programs</dt><dd><a href="/status.json">status.json</a> <a href="/status.txt">status.txt</a> <a href="/maintenance.json">maintenance.json</a> <a href="/metrics">metrics</a> <a href="/healthz">healthz</a> <a href="/readyz">readyz</a></dd>
  </dl>
  </footer>
  </body>
  </html>

  """#
