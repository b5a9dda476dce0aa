// SPDX-License-Identifier: Apache-2.0
#include "report/page_assets.h"

namespace netfit::report {

std::string_view page_style() {
  return R"css(
:root{color-scheme:light dark;--paper:#fff;--panel:#f6f7f9;--line:#dfe3e8;--text:#16181d;--soft:#505a66;--link:#005a9c;
--good:#00694b;--bad:#a63d00;--grid:#e3e6ea;--focus:#0072b2}
@media(prefers-color-scheme:dark){:root{--paper:#14171c;--panel:#1d2229;--line:#343b45;--text:#eceff3;--soft:#aab4c0;
--link:#8cc8f5;--good:#5fd0a5;--bad:#f2a36b;--grid:#2b323b;--focus:#8cc8f5}}
*{box-sizing:border-box}
html{scroll-behavior:smooth}
@media(prefers-reduced-motion:reduce){html{scroll-behavior:auto}}
body{margin:0;background:var(--paper);color:var(--text);font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,
"Helvetica Neue",Arial,sans-serif}
main,header,footer{max-width:1240px;margin:0 auto;padding:0 24px}
header{padding-top:32px}
h1{font-size:28px;line-height:1.2;margin:0 0 4px;overflow-wrap:anywhere}
h2{font-size:22px;line-height:1.25;margin:56px 0 4px;padding-top:24px;border-top:1px solid var(--line);
overflow-wrap:anywhere}
h3{font-size:16px;line-height:1.3;margin:0}
p{margin:8px 0}
.soft{color:var(--soft)}
a{color:var(--link)}
:focus-visible{outline:3px solid var(--focus);outline-offset:2px;border-radius:3px}
nav ul{display:flex;flex-wrap:wrap;gap:4px 20px;list-style:none;margin:16px 0 0;padding:0}
nav a{display:inline-block;padding:4px 0}
.cards{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,340px),1fr));gap:20px;margin:16px 0}
.card{background:var(--panel);border:1px solid var(--line);border-radius:8px;padding:20px;min-width:0}
.card h3{font-size:14px;font-weight:600;color:var(--soft);overflow-wrap:anywhere}
.choice{font-size:20px;line-height:1.3;font-weight:650;margin:2px 0 12px;overflow-wrap:anywhere}
.choice.none{color:var(--bad)}
dl{display:grid;grid-template-columns:auto 1fr;gap:4px 16px;margin:0 0 12px}
dt{color:var(--soft)}
dd{margin:0;font-variant-numeric:tabular-nums}
dd small{display:block;line-height:1.3;margin-bottom:4px}
.card ul{margin:0;padding-left:20px}
.card li{margin:4px 0;overflow-wrap:anywhere}
small{font-size:12.5px;color:var(--soft)}
.scroll{overflow-x:auto;border:1px solid var(--line);border-radius:8px;margin:16px 0}
table{border-collapse:collapse;width:100%;font-size:14px;line-height:1.4}
th,td{padding:8px 10px;text-align:left;vertical-align:top;border-bottom:1px solid var(--line)}
tbody tr:last-child>*{border-bottom:0}
thead th{background:var(--panel);white-space:nowrap;font-weight:600}
tbody th{position:sticky;left:0;background:var(--paper);font-weight:500;min-width:190px;max-width:320px;overflow-wrap:anywhere}
td.number{text-align:right;white-space:nowrap;font-variant-numeric:tabular-nums}
th.number{text-align:right}
td small{display:block}
td.wrap{min-width:180px;max-width:360px;overflow-wrap:anywhere}
.missing{color:var(--soft);white-space:normal!important;min-width:130px}
.fits{color:var(--good)}
.lacks{color:var(--bad)}
tr.chosen>*{background:color-mix(in srgb,#009e73 12%,var(--paper))}
.badge{display:inline-block;font-size:12px;line-height:1.5;font-weight:600;border:1px solid currentColor;
border-radius:4px;padding:0 6px;color:var(--good)}
thead button{font:inherit;color:inherit;background:none;border:0;padding:0;cursor:pointer}
thead button::after{content:" \2195";color:var(--soft)}
th[aria-sort=ascending] button::after{content:" \2191"}
th[aria-sort=descending] button::after{content:" \2193"}
.charts{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,520px),1fr));gap:20px;margin:20px 0;
align-items:stretch}
.tall{grid-row:span 2}
figure{margin:0;background:var(--panel);border:1px solid var(--line);border-radius:8px;padding:16px;min-width:0}
figcaption p{font-size:13.5px;line-height:1.45;color:var(--soft);margin:4px 0 8px;overflow-wrap:anywhere}
.legend{display:flex;flex-wrap:wrap;gap:2px 16px;list-style:none;margin:0 0 8px;padding:0;font-size:13.5px}
.legend li{display:flex;align-items:center;gap:6px;min-width:0;overflow-wrap:anywhere}
.legend svg{flex:none}
.chart{width:100%;min-height:40px}
.chart svg{max-width:100%;height:auto}
.vega-embed{width:100%}
#vg-tooltip-element{position:fixed;visibility:hidden;z-index:10;max-width:min(400px,92vw);padding:8px;border-radius:6px;
font:13px/1.4 system-ui,sans-serif;background:var(--paper);color:var(--text);border:1px solid var(--line);
box-shadow:0 2px 10px #0003}
#vg-tooltip-element.visible{visibility:visible}
#vg-tooltip-element table{width:auto;font-size:13px}
#vg-tooltip-element td{padding:1px 6px;border:0;text-align:left;overflow-wrap:anywhere}
#vg-tooltip-element td.key{color:var(--soft);white-space:nowrap}
details{margin:16px 0}
summary{cursor:pointer;padding:4px 0}
footer{color:var(--soft);font-size:13.5px;margin-top:56px;padding-top:16px;padding-bottom:40px;
border-top:1px solid var(--line)}
pre{white-space:pre-wrap;font-size:12px}
@media(max-width:600px){main,header,footer{padding-left:16px;padding-right:16px}h1{font-size:24px}h2{font-size:20px}
figure{padding:12px}.card{padding:16px}tbody th{min-width:150px;max-width:170px}}
@media print{nav,noscript{display:none}.scroll{overflow:visible}figure,.card{break-inside:avoid}}
)css";
}

std::string_view page_script() {
  return R"js(
(() => {
  'use strict';
  const specs = JSON.parse(document.getElementById('specs').textContent);
  const color = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const theme = () => {
    const text = color('--text'), soft = color('--soft'), line = color('--line'), grid = color('--grid');
    return {
      background: 'transparent', font: 'system-ui, -apple-system, "Segoe UI", Roboto, Arial, sans-serif',
      view: {stroke: null},
      axis: {labelColor: soft, titleColor: text, gridColor: grid, domainColor: line, tickColor: line,
             labelFontSize: 12, titleFontSize: 12, titleFontWeight: 500, titlePadding: 8, labelOverlap: 'greedy'},
      style: {front: {color: soft}, chosen: {color: text}, figure: {color: soft, fontSize: 11},
              spoke: {color: text, fontSize: 12}, web: {color: line}},
    };
  };
  const draw = async () => {
    const options = {mode: 'vega-lite', actions: false, renderer: 'svg', ast: true, config: theme(),
                     tooltip: {disableDefaultStyle: true}};
    const holders = [...document.querySelectorAll('[data-chart]')];
    await Promise.all(holders.map((holder) => vegaEmbed(holder, specs[holder.dataset.chart], options)));
    document.documentElement.dataset.drawn = holders.length;
  };
  draw();
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', draw);

  const value = (row, column) => {
    const cell = row.cells[column];
    return 'v' in cell.dataset ? Number(cell.dataset.v) : cell.textContent;
  };
  // What has no figure goes last in both directions.
  const order = (a, b, sign) => {
    if (typeof a !== typeof b) return typeof a === 'number' ? -1 : 1;
    return sign * (typeof a === 'number' ? a - b : a.localeCompare(b));
  };
  for (const button of document.querySelectorAll('thead button')) {
    button.addEventListener('click', () => {
      const head = button.closest('th'), body = button.closest('table').tBodies[0];
      const up = head.getAttribute('aria-sort') !== 'ascending';
      for (const other of head.parentNode.cells) other.removeAttribute('aria-sort');
      head.setAttribute('aria-sort', up ? 'ascending' : 'descending');
      const rows = [...body.rows];
      rows.sort((a, b) => order(value(a, head.cellIndex), value(b, head.cellIndex), up ? 1 : -1));
      body.append(...rows);
    });
  }
})();
)js";
}

}  // namespace netfit::report
