/// The style sheet of a report: light or dark as the reader's system is, and fit for paper.
enum HTMLStyle {
    static let text = """
        :root{color-scheme:light dark;--bg:#fff;--fg:#1c2024;--dim:#60676f;--line:#e3e6ea;--soft:#f6f7f9;--good:#18794e;
        --bad:#c62a2f;--warn:#946800}
        @media(prefers-color-scheme:dark){:root{--bg:#16181b;--fg:#e8eaed;--dim:#9aa2ab;--line:#2c3036;--soft:#1e2125;
        --good:#4cc38a;--bad:#ff6369;--warn:#f1a10d}}
        body{margin:0;background:var(--bg);color:var(--fg);font:15px/1.5 system-ui,sans-serif}
        main{max-width:60rem;margin:0 auto;padding:2rem 1.4rem 4rem}
        h1{font-size:1.6rem;margin:0}h2{font-size:1rem;margin:2rem 0 .6rem}header p{margin:.3rem 0 0}
        .badge{font-size:.85rem;padding:.15rem .6rem;border-radius:1rem;border:1px solid;vertical-align:middle}
        .good{color:var(--good)}.bad{color:var(--bad)}.warn{color:var(--warn)}.dim{color:var(--dim)}
        section.bad{color:inherit;border-left:3px solid var(--bad);padding-left:1rem;margin-top:1.6rem}
        section.bad h2{margin-top:0}
        dl{margin:0}dl.rows div{display:flex;gap:1rem;padding:.1rem 0}dl.rows dt{min-width:6rem}
        dt{color:var(--dim);font-size:.85rem}dd{margin:0;overflow-wrap:anywhere;min-width:0}
        .cause{font-size:1.1rem;font-weight:600;color:var(--bad);margin:.2rem 0 .6rem;overflow-wrap:anywhere}
        .message{margin:.2rem 0 .7rem;overflow-wrap:anywhere}.cause~.message{color:var(--dim)}
        .message:first-of-type:not(.cause~.message){font-weight:600;color:var(--bad)}
        .step{border-bottom:1px solid var(--line);padding:.35rem 0}
        .step>summary{cursor:pointer;list-style-position:outside}
        .sign{display:inline-block;width:1.1rem}.time{float:right;color:var(--dim);font-variant-numeric:tabular-nums}
        .time.bad{color:var(--bad)}
        .track{display:block;height:3px;margin:.25rem 0 .1rem;background:var(--soft)}
        .bar{display:block;height:3px;border-radius:2px;background:currentColor;opacity:.7;max-width:100%}
        .error{color:var(--bad);margin:.2rem 0 .2rem 1.4rem;overflow-wrap:anywhere}
        .label{color:var(--dim);font-size:.85rem}
        .command{margin:.4rem 0 .4rem 1.4rem}code,pre{font:13px/1.45 ui-monospace,monospace;overflow-wrap:anywhere}
        pre{background:var(--soft);border:1px solid var(--line);border-radius:.4rem;padding:.6rem .8rem;
        white-space:pre-wrap}
        table{width:100%;border-collapse:collapse}th,td{text-align:left;padding:.3rem .6rem .3rem 0;vertical-align:top;
        border-bottom:1px solid var(--line);overflow-wrap:anywhere}th{color:var(--dim);font-weight:500;font-size:.85rem}
        @media print{main{max-width:none;padding:0}.step{break-inside:avoid}}
        """
}
