#include "report/style.hpp"

#include "report/palette.hpp"

namespace aitrading::report {
namespace {

constexpr std::string_view rules = R"css(
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%}
body{margin:0;background:var(--page);color:var(--text);font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans","Helvetica Neue",Arial,sans-serif}
main{max-width:1132px;margin:0 auto;padding:24px 16px 64px}
h1,h2,h3{line-height:1.25;font-weight:650;text-wrap:pretty}
h1{font-size:25px;margin:0;max-width:36em}
h2{font-size:20px;margin:56px 0 8px;padding-top:16px;border-top:1px solid var(--grid)}
h3{font-size:16px;margin:0 0 4px;max-width:62ch}
p,ul{max-width:70ch;margin:0 0 12px}
ul{padding-left:20px}li{margin:0 0 4px}
.kicker{font-size:13px;color:var(--faint);margin:0 0 4px}
.verdict{font-size:25px;line-height:1.3;font-weight:600;margin:16px 0 8px;max-width:42ch;padding-left:16px;border-left:4px solid var(--blue);text-wrap:pretty}
.lead{color:var(--faint);margin-bottom:24px;padding-left:20px}
.figures{display:flex;flex-wrap:wrap;gap:1px;margin:24px 0;background:var(--grid);border:1px solid var(--grid);border-radius:6px;overflow:hidden}
.figures>div{flex:1 1 152px;background:var(--page);padding:12px 16px}
.figures dt{font-size:13px;color:var(--faint)}
.figures dd{margin:0}
.figures .v{font-size:25px;line-height:1.3;font-weight:650;font-variant-numeric:tabular-nums;white-space:nowrap}
.figures .n{font-size:13px;line-height:1.4;color:var(--faint)}
.gain{color:var(--blue-text)}.loss{color:var(--vermilion-text)}.strong{font-weight:650}.faint{color:var(--faint)}
figure{margin:24px 0 40px;min-width:0}
figcaption p{margin-bottom:8px}
.sub{font-size:14px;line-height:1.45;color:var(--faint);margin:0 0 8px}
.source{font-size:12px;line-height:1.45;color:var(--faint);margin:6px 0 0;max-width:none;overflow-wrap:anywhere}
code{font:12px/1.45 ui-monospace,SFMono-Regular,Menlo,Consolas,"Liberation Mono",monospace;overflow-wrap:anywhere}
svg{display:block;width:100%;height:auto;font-family:inherit;font-variant-numeric:tabular-nums;stroke-linejoin:round}
svg .b{font-weight:650}.halo{paint-order:stroke;stroke:var(--page);stroke-width:3px}
svg .m{stroke:var(--page);stroke-width:1px}svg .h{fill:transparent}svg .h:hover{fill:var(--text);fill-opacity:.06}
.wide,.middle{display:none}
.small svg{max-width:480px}
@media (min-width:620px){.small{display:none}.middle{display:block}}
@media (min-width:1020px){.middle{display:none}.wide{display:block}}
.beside,.cards{display:grid;gap:0 32px;align-items:start}
@media (min-width:760px){.beside.n2{grid-template-columns:1fr 1fr}}
@media (max-width:1019px){.cards svg{max-width:440px}}
@media (min-width:1020px){.beside.n3,.cards{grid-template-columns:repeat(3,1fr)}.cards article{display:grid;grid-row:span 8;grid-template-rows:subgrid;row-gap:0}.cards figure{display:grid;grid-row:span 4;grid-template-rows:subgrid}}
.cards{gap:0 24px;margin:16px 0 24px;align-items:stretch}
.cards article{border:1px solid var(--grid);border-radius:6px;padding:16px;min-width:0;margin-bottom:24px}
.cards figure{margin:8px 0 0}.cards figure h3{font-size:14px}
.cards .figures{margin:12px 0}.cards .figures>div{flex-basis:40%;padding:8px 12px}.cards .figures .v{font-size:20px}
details{margin:8px 0 0}
summary{cursor:pointer;font-size:13px;color:var(--blue-text);width:fit-content;padding:4px 0}
.scroll{overflow-x:auto;max-width:100%;margin:4px 0 8px}
details .scroll{max-height:420px;overflow:auto}
table{border-collapse:collapse;font-size:13px;font-variant-numeric:tabular-nums}
th{font-weight:600;text-align:left;color:var(--faint);border-bottom:1px solid var(--grey);vertical-align:bottom}
th,td{padding:5px 12px 5px 0}td{white-space:nowrap}th{min-width:40px}td{border-bottom:1px solid var(--grid)}
th.r,td.r{text-align:right;padding:5px 6px}
.table{margin:24px 0 32px}
.missing{font-size:14px;color:var(--faint);border-left:1px solid var(--grey);padding:2px 0 2px 12px;margin:12px 0 16px}
.terms{display:grid;grid-template-columns:minmax(96px,max-content) 1fr;gap:4px 20px;font-size:14px;margin:0 0 16px}
.terms dt{color:var(--faint)}.terms dd{margin:0;max-width:70ch;overflow-wrap:anywhere;font-variant-numeric:tabular-nums}
:focus-visible{outline:2px solid var(--blue);outline-offset:2px}
@media (max-width:619px){.verdict{font-size:20px;padding-left:12px}.lead{padding-left:16px}h2{margin-top:40px}.figures>div{flex-basis:40%}.figures .v{font-size:20px}.terms{grid-template-columns:1fr;gap:0}.terms dd{margin-bottom:8px}}
@media print{main{max-width:none;padding:0}figure,article,tr{break-inside:avoid}h2,h3{break-after:avoid}details:not([open]){display:none}body{font-size:12px}td,.figures{print-color-adjust:exact;-webkit-print-color-adjust:exact}}
)css";

constexpr std::string_view script = R"js(
for (const t of document.querySelectorAll('time[datetime]'))
  t.title = new Date(t.dateTime).toLocaleString(undefined, {timeZoneName: 'short'}) + ' (your time)';
)js";

}  // namespace

std::string style_sheet() {
    std::string css = ":root{color-scheme:light dark;" + css_variables(false) + "}\n";
    css += "@media screen and (prefers-color-scheme:dark){:root{" + css_variables(true) + "}}\n";
    return css.append(css_ink_classes()).append(rules);
}

std::string_view hover_script() { return script; }

}  // namespace aitrading::report
