// What the renderers make of `StatusReport.smallest()`, octet by octet. Here: the page from its body on.

let goldenPageBody = #"""
  </head>
  <body>
  <header class="bad">
  <h1><span aria-hidden="true">✖</span> SERVICE LOST</h1>
  <p class="headline">pool relay: all nodes fail their checks (IPv4), all are handed out; the last reload was refused (2 errors)</p>
  <p class="facts">Rondo 0.1.0 · up 4h 03m · as of <time datetime="2026-11-24T10:03:21Z" title="2026-11-24T10:03:21Z">2026-11-24T10:03:21Z</time> · stands still, <a href="/">reload every 5 seconds</a></p>
  </header>
  <main>
  <section class="notice" aria-label="Last reload">
  <p><strong>The last reload was refused: 2 errors.</strong> The configuration from before is still in use. Tried <time datetime="2026-11-24T09:01:21Z" title="2026-11-24T09:01:21Z">1h 02m ago</time>. The first error:</p>
  <pre>Config/mail.zone:14:22: error: pool &quot;acess&quot; is not defined</pre>
  </section>
  <div class="scroll"><table>
  <caption>Pools: what clients are given now</caption>
  <thead><tr><th scope="col">Pool</th><th scope="col">State</th><th scope="col">Family</th><th scope="col">In the answers</th><th scope="col">Kept out</th><th scope="col">Checks</th><th scope="col">Names (TTL)</th></tr></thead>
  <tbody>
  <tr><th scope="row">relay</th><td><span class="badge bad"><span aria-hidden="true">✖</span> all down, answering all</span></td><td>IPv4</td><td><strong>ex1</strong> <code>192.0.2.11</code><br><strong>ex2</strong> <code>198.51.100.11</code></td><td>–</td><td>owa</td><td>mail.kreis.example. (60 s)</td></tr>
  </tbody></table></div>
  <div class="scroll"><table>
  <caption>Nodes: what the checks find</caption>
  <thead><tr><th scope="col">Address</th><th scope="col">Check</th><th scope="col">State</th><th scope="col">Since</th><th scope="col">Last probe</th><th scope="col">Latency</th><th scope="col">Reason</th></tr></thead>
  <tbody>
  <tr class="node"><th scope="rowgroup" colspan="7">ex1 <span class="site">site nord</span> <span class="badge bad"><span aria-hidden="true">✖</span> down</span></th></tr>
  <tr><th scope="row"><code>192.0.2.11</code></th><td>owa <code>tcp:443</code></td><td><span class="badge bad"><span aria-hidden="true">✖</span> down</span></td><td><time datetime="2026-11-24T10:00:01Z" title="2026-11-24T10:00:01Z">3m ago</time></td><td><time datetime="2026-11-24T10:03:18Z" title="2026-11-24T10:03:18Z">3s ago</time></td><td>–</td><td>said &quot;&lt;b&gt;421&lt;/b&gt;&quot; \027[2J &amp; \ &#39;Süd&#39;\010 (passing 1 of 2)</td></tr>
  </tbody>
  </table></div>
  <section class="part">
  <h2>Counters since the start</h2>
  <div class="columns">
  <table><caption>Queries</caption><tbody>
  <tr><th scope="row">UDP over IPv4</th><td class="number">1204</td></tr>
  <tr><th scope="row">UDP over IPv6</th><td class="number">0</td></tr>
  <tr><th scope="row">TCP over IPv4</th><td class="number">0</td></tr>
  <tr><th scope="row">TCP over IPv6</th><td class="number">3</td></tr>
  </tbody></table>
  <table><caption>Replies</caption><tbody>
  <tr><th scope="row">NOERROR</th><td class="number">1200</td></tr>
  <tr><th scope="row">FORMERR</th><td class="number">0</td></tr>
  <tr><th scope="row">SERVFAIL</th><td class="number">0</td></tr>
  <tr><th scope="row">NXDOMAIN</th><td class="number">0</td></tr>
  <tr><th scope="row">NOTIMP</th><td class="number">0</td></tr>
  <tr><th scope="row">REFUSED</th><td class="number">7</td></tr>
  <tr><th scope="row">YXDOMAIN</th><td class="number">0</td></tr>
  <tr><th scope="row">NOTAUTH</th><td class="number">0</td></tr>
  <tr><th scope="row">BADVERS</th><td class="number">0</td></tr>
  <tr><th scope="row">BADCOOKIE</th><td class="number">0</td></tr>
  <tr><th scope="row">with the TC bit</th><td class="number">0</td></tr>
  </tbody></table>
  <table><caption>Trouble</caption><tbody>
  <tr><th scope="row">malformed</th><td class="number">0</td></tr>
  <tr><th scope="row">EDNS errors</th><td class="number">0</td></tr>
  <tr><th scope="row">transfers refused</th><td class="number">0</td></tr>
  <tr><th scope="row">dropped: too short</th><td class="number">2</td></tr>
  <tr><th scope="row">dropped: not a query</th><td class="number">0</td></tr>
  <tr><th scope="row">dropped: from port 0</th><td class="number">0</td></tr>
  <tr><th scope="row">dropped: not sent</th><td class="number">0</td></tr>
  </tbody></table>
  <table><caption>TCP connections</caption><tbody>
  <tr><th scope="row">open now</th><td class="number">0</td></tr>
  <tr><th scope="row">accepted</th><td class="number">3</td></tr>
  <tr><th scope="row">crowded out</th><td class="number">0</td></tr>
  <tr><th scope="row">malformed</th><td class="number">0</td></tr>
  <tr><th scope="row">closed idle</th><td class="number">0</td></tr>
  </tbody></table>
  <table><caption>Checks</caption><tbody>
  <tr><th scope="row">probes</th><td class="number">11684</td></tr>
  <tr><th scope="row">failed</th><td class="number">0</td></tr>
  <tr><th scope="row">changes of state</th><td class="number">0</td></tr>
  <tr><th scope="row">answers renewed</th><td class="number">0</td></tr>
  </tbody></table>
  </div></section>
  <section class="part">
  <h2>Daemon</h2>
  <dl>
  <dt>Configuration</dt><dd>Config/mail.zone, read <time datetime="2026-11-24T08:46:40Z" title="2026-11-24T08:46:40Z">1h 16m ago</time></dd>
  <dt>Last reload</dt><dd>refused <time datetime="2026-11-24T09:01:21Z" title="2026-11-24T09:01:21Z">1h 02m ago</time></dd>
  <dt>Started</dt><dd><time datetime="2026-11-24T06:00:00Z" title="2026-11-24T06:00:00Z">4h 03m ago</time></dd>
  <dt>Listens on</dt><dd>dns-udp <code>0.0.0.0:53</code><br>dns-tcp <code>[::]:53</code><br>status <code>127.0.0.1:8053</code></dd>
  <dt>For programs</dt><dd><a href="/status.json">status.json</a> <a href="/status.txt">status.txt</a> <a href="/metrics">metrics</a> <a href="/healthz">healthz</a> <a href="/readyz">readyz</a></dd>
  </dl></section>
  <div class="scroll"><table>
  <caption>Zones answered for: 1</caption>
  <thead><tr><th scope="col">Zone</th><th scope="col">Serial</th><th scope="col">Names</th></tr></thead>
  <tbody>
  <tr><th scope="row">mail.kreis.example.</th><td class="number">1795510000</td><td class="number">1</td></tr>
  </tbody></table></div>
  </main>
  </body>
  </html>

  """#
