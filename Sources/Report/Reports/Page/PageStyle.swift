// SPDX-License-Identifier: Apache-2.0
/// The style of report.html; its colours are those of the figures (`FigureStyle`).
enum PageStyle {
    static let css = """
        :root{color-scheme:light dark;\(FigureStyle.light);--panel:#f6f8fa;--link:#0b5cad}
        @media (prefers-color-scheme:dark){:root{\(FigureStyle.dark);--panel:#161b22;--link:#79b8ff}}
        *{box-sizing:border-box}
        body{margin:0;background:var(--paper);color:var(--ink);
        font:16px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Liberation Sans",Arial,sans-serif}
        main{max-width:1120px;margin:0 auto;padding:24px 16px 64px}
        header p.kicker{margin:0;color:var(--muted);font-size:14px}
        h1{font-size:17px;margin:0 0 14px;font-weight:600}
        h2{font-size:19px;margin:44px 0 10px;line-height:1.3}
        p{margin:10px 0;max-width:74ch}
        p.answer{font-size:26px;line-height:1.32;font-weight:600;margin:0 0 12px;max-width:38em;text-wrap:pretty}
        p.trust{margin:6px 0;color:var(--muted);font-size:15px}
        p.trust.bad,ul.doubts{color:var(--bad);font-weight:600}
        figure{margin:28px 0 0}
        figcaption,p.note{color:var(--muted);font-size:14px;line-height:1.5;max-width:82ch;margin:8px 0}
        svg.figure{display:block;width:100%;height:auto}
        svg.narrow{display:none}
        .scroll{overflow-x:auto}
        table{border-collapse:collapse;width:100%;font-size:15px;font-variant-numeric:tabular-nums}
        th,td{padding:6px 10px;text-align:right;vertical-align:top;border-bottom:1px solid \
        var(--grid);white-space:nowrap}
        th:first-child,td:first-child{text-align:left;padding-left:0}
        th:last-child,td:last-child{padding-right:0}
        thead th{color:var(--muted);font-weight:600;font-size:13px;vertical-align:bottom}
        tbody th{font-weight:400}
        tr.lead th,tr.lead td:not(.text){font-weight:650}
        tr.group th{padding-top:18px;color:var(--muted);font-size:13px;font-weight:600;text-align:left}
        tr.sub th{padding-left:18px}
        td.bad{color:var(--bad);font-weight:600}
        td.text,th.text{text-align:left}
        td.text:last-child{white-space:normal;min-width:13em}
        table.facts td.text{overflow-wrap:anywhere}
        table.words th,table.words td.text{white-space:normal;min-width:9em}
        a{color:var(--link)}
        code,pre{font:13.5px/1.5 ui-monospace,SFMono-Regular,Menlo,"DejaVu Sans Mono",monospace}
        pre{background:var(--panel);border:1px solid var(--grid);border-radius:6px;padding:12px \
        14px;overflow-x:auto;margin:10px 0}
        p code{overflow-wrap:anywhere}
        details{margin:14px 0}
        summary{cursor:pointer;color:var(--link);font-size:15px}
        dl{margin:10px 0;font-size:15px}
        dt{font-weight:600}
        dd{margin:0 0 8px;max-width:78ch}
        .live{display:none}
        .js .live{display:block}
        .js .still{display:none}
        .walk svg.live{touch-action:pan-y;cursor:crosshair}
        .walk svg.live:focus-visible,.walk button:focus-visible,.walk select:focus-visible,.scroll:focus-visible,
        .sort:focus-visible{outline:2px solid var(--link);outline-offset:2px}
        .controls,.legend{display:flex;flex-wrap:wrap;gap:6px;align-items:center;margin:8px 0;font-size:14px}
        .controls .range{color:var(--muted);margin-left:6px;font-variant-numeric:tabular-nums}
        .walk button,.walk select{font:inherit;font-size:14px;color:var(--ink);background:var(--panel);border:1px \
        solid var(--grid);
        border-radius:6px;padding:5px 10px;min-height:34px;cursor:pointer}
        .legend button{display:inline-flex;gap:7px;align-items:center;white-space:nowrap}
        .legend svg.figure{width:22px;height:12px;flex:none}
        .legend button[aria-pressed=false]{color:var(--muted);background:none}
        .legend button[aria-pressed=false] svg{opacity:.25}
        .legend button[aria-pressed=false] span{text-decoration:line-through}
        .read{margin:6px \
        0;max-width:none;min-height:3em;font-size:14px;font-variant-numeric:tabular-nums;color:var(--muted)}
        .figure .cursor{stroke:var(--ink);stroke-width:1}
        .figure .mark{stroke:var(--bad);stroke-width:1.5;stroke-dasharray:2 3}
        .figure .selection{fill:var(--link);fill-opacity:.15}
        .sort{font:inherit;color:inherit;background:none;border:0;padding:4px 0;cursor:pointer;text-align:inherit}
        .sort::after{content:" \\2195";opacity:.5}
        [aria-sort=ascending] .sort::after{content:" \\2191";opacity:1}
        [aria-sort=descending] .sort::after{content:" \\2193";opacity:1}
        .scroll.more{-webkit-mask-image:linear-gradient(to right,#000 calc(100% - 36px),transparent);
        mask-image:linear-gradient(to right,#000 calc(100% - 36px),transparent)}
        .more-hint{display:none;margin:4px 0 0;color:var(--muted);font-size:13px}
        .scroll.more+.more-hint{display:block}
        @media (max-width:640px){
        main{padding:16px 14px 48px}
        p.answer{font-size:21px}
        svg.wide{display:none}
        svg.narrow{display:block}
        h2{margin-top:36px}
        table{font-size:14px}
        th,td{padding:6px 8px}
        td.text:last-child{min-width:26em}
        table.facts tr,table.facts th,table.facts td{display:block}
        table.facts tr{padding:6px 0;border-bottom:1px solid var(--grid)}
        table.facts th,table.facts td.text{border:0;padding:0;min-width:0;white-space:normal;overflow-wrap:anywhere}
        table.facts th{color:var(--muted);font-size:13px}
        }
        @media print{
        .js .live,.live{display:none}
        .js .still{display:block}
        .more-hint{display:none}
        :root{color-scheme:light;\(FigureStyle.light);--panel:#fff}
        .scroll.more{-webkit-mask-image:none;mask-image:none}
        body{font-size:11pt}
        main{max-width:none;padding:0}
        h2{break-after:avoid}
        figure,table,pre{break-inside:avoid}
        .scroll{overflow:visible}
        table{font-size:9.5pt}
        p.answer{font-size:17pt}
        summary{color:inherit}
        svg.narrow{display:none}
        svg.wide{display:block}
        }
        \(FigureStyle.rules)
        """
}
