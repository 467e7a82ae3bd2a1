"""The page's style sheet; colours follow the reader's light or dark setting."""

STYLE = """
:root{color-scheme:light dark;--ground:#f7f7f5;--panel:#fff;--text:#1d1f21;--soft:#63686d;--line:#e1e1dc;
--bar:#3b6ea8;--kept:#3f8f5f;--lost:#d9a441;--note:#fff5d6}
@media(prefers-color-scheme:dark){:root{--ground:#16181a;--panel:#1f2225;--text:#e8e8e4;--soft:#9aa1a8;
--line:#33373b;--bar:#7fb0e6;--kept:#6cc08f;--lost:#b98a34;--note:#3a3214}}
*{box-sizing:border-box}
body{margin:0;background:var(--ground);color:var(--text);font:15px/1.5 system-ui,sans-serif}
main{max-width:1080px;margin:0 auto;padding:32px 20px 64px}
h1{font-size:30px;margin:0 0 20px}h2{font-size:20px;margin:0 0 8px}
h3{font-size:13px;font-weight:600;color:var(--soft);margin:16px 0 4px}
.kicker{margin:0;color:var(--soft)}.aside{color:var(--soft);font-size:13px;font-weight:400}
.notice{background:var(--note);border-left:4px solid var(--lost);padding:10px 14px;border-radius:4px}
.cards{display:grid;grid-template-columns:repeat(auto-fit,minmax(160px,1fr));gap:12px;margin:20px 0}
.card,section{background:var(--panel);border:1px solid var(--line);border-radius:8px}
.card{padding:12px 16px}.card h3{margin:0}
.figure{font-size:19px;white-space:nowrap;font-weight:650;margin:2px 0;font-variant-numeric:tabular-nums}
.card .aside{margin:0}
section{padding:18px 20px;margin:16px 0}
.meter{height:10px;background:var(--lost);border-radius:5px;overflow:hidden;margin:8px 0 14px}
.meter span{display:block;height:100%;background:var(--kept)}
details{border-top:1px solid var(--line);padding:8px 0}section>details:first-child{border-top:0;padding:0}
summary{cursor:pointer;
display:grid;grid-template-columns:215px 1fr 90px 70px;gap:12px;align-items:baseline}
summary.plain{display:block}
summary::marker{content:''}.reason{font-weight:600}.reason::before{content:'▸ ';color:var(--soft)}
details[open] .reason::before{content:'▾ '}
.explanation{color:var(--soft)}.count,.share,.number{text-align:right;font-variant-numeric:tabular-nums}
.share{color:var(--soft)}
.wide{overflow-x:auto;margin:8px 0}table{border-collapse:collapse;font-size:13px}
th,td{text-align:left;padding:4px 10px 4px 0;border-bottom:1px solid var(--line);white-space:nowrap;
vertical-align:top}th{color:var(--soft);font-weight:600}
td.number{text-align:right}code{font:12px/1.4 ui-monospace,monospace}
.charts{display:grid;grid-template-columns:repeat(auto-fit,minmax(340px,1fr));gap:24px}figure{margin:0}
figcaption{font-weight:600;margin-bottom:6px}
svg{max-width:100%;height:auto}svg rect{fill:var(--bar)}svg text{font:12px system-ui,sans-serif;fill:var(--text)}
svg .value{fill:var(--soft)}
@media(max-width:700px){summary{grid-template-columns:1fr 80px}.explanation{grid-row:2;grid-column:1/-1}
.share{display:none}}
"""
