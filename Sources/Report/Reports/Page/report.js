// The report's interactive plots: zoom, read-out, series on and off. Without this script, the page shows the same
// figures as still images. It uses no network and stores nothing.
"use strict";
(() => {
  const SVG = document.querySelector("svg")?.namespaceURI;

  function make(name, attributes, parent, text) {
    const element = name.startsWith("svg:")
      ? document.createElementNS(SVG, name.slice(4)) : document.createElement(name);
    for (const key in attributes) if (attributes[key] !== null) element.setAttribute(key, attributes[key]);
    if (text !== undefined) element.textContent = text;
    if (parent) parent.append(element);
    return element;
  }

  // Round numbers in [from, to], at most `most` steps of them.
  function ticks(from, to, most) {
    const span = Math.max(to - from, 1e-6);
    let step = 1e-6;
    for (let turn = 0; span / step > most; turn++) step *= [2, 2.5, 2][turn % 3];
    const all = [];
    for (let index = Math.ceil(from / step - 1e-9); index * step <= to + step * 1e-9; index++) all.push(index * step);
    return { step, all, top: Math.ceil(to / step - 1e-9) * step || step };
  }
  const label = (value) => String(Number(value.toPrecision(4)));
  const fixed = (value, decimals) => (value < 0 ? "\u2212" : "") + Math.abs(value).toFixed(decimals);

  // A centred mean; at the ends it covers only the values that there are, as in the still figure.
  function moving(values, width) {
    const half = Math.floor(width / 2);
    return values.map((_, index) => {
      const part = values.slice(Math.max(0, index - half), index + half + 1);
      return part.reduce((sum, value) => sum + value, 0) / part.length;
    });
  }
  function sums(values, factor) {
    let sum = 0;
    return values.map((value) => (sum += value * factor));
  }

  // One walk's plots: they share the visible part of the time, and the instant under the cursor.
  class Walk {
    constructor(data, home) {
      this.data = data;
      this.home = home;
      this.from = 0;
      this.to = data.duration;
      this.cursor = null;
      // Rates are in kb/s; a rate times `perStep` is the MB of one step.
      const perStep = data.step / 8 / 1000;
      for (const run of data.runs) {
        run.rate = moving(run.kbps, data.smooth).map((value) => value / 1000);
        run.sum = sums(run.kbps, perStep);
        const tenths = (value) => (value === null ? null : value / 10);
        for (const path of run.delays) Object.assign(path, { queue: path.queue.map(tenths), rtt: path.rtt.map(tenths) });
      }
      for (const path of data.paths) path.rate = path.kbps.map((value) => value / 1000);
      const named = (name) => data.runs.find((run) => run.name === name);
      this.shared = named("mptcp") || data.runs.find((run) => run.wire.length) || null;
      this.controls();
      this.plots = [this.plot("Goodput and links over time"), this.plot("Bytes delivered so far")];
      if (this.shared) this.shareControls();
      if (this.shared) this.plots.push(this.plot("Bytes over each path, over time"));
      if (this.shared && data.runs.some((run) => run.delays.length)) this.plots.push(this.plot("Round-trip times and queues"));
      // The observer calls for the first time when the page has been laid out.
      new ResizeObserver(() => { if (home.clientWidth !== this.drawn) this.draw(); }).observe(home);
    }

    // MARK: Controls

    button(text, name, action, parent) {
      const button = make("button", { type: "button", "aria-label": name, title: name }, parent, text);
      button.addEventListener("click", action);
      return button;
    }

    controls() {
      const bar = make("div", { class: "controls" }, this.home);
      this.button("+", "Zoom in", () => this.zoom(0.5), bar);
      this.button("\u2212", "Zoom out", () => this.zoom(2), bar);
      this.button("\u25C0", "Earlier", () => this.shift(-0.5), bar);
      this.button("\u25B6", "Later", () => this.shift(0.5), bar);
      this.button("All", "The whole walk", () => this.show(0, this.data.duration), bar);
      this.range = make("span", { class: "range" }, bar);
      const legend = make("div", { class: "legend", role: "group", "aria-label": "Series" }, this.home);
      for (const run of this.data.runs) this.toggle(run, run.title, `curve ${run.look}`, legend);
      for (const path of this.data.paths) this.toggle(path, `${path.name} capacity`, `cap ${path.look}`, legend);
      this.read = make("p", { class: "read", role: "status", "aria-live": "off" }, this.home);
    }

    toggle(series, name, look, parent) {
      const button = make("button", { type: "button", "aria-pressed": String(series.on) }, parent);
      const picture = make("svg:svg", { class: "figure key", width: 22, height: 12, "aria-hidden": "true" }, button);
      if (look.startsWith("cap")) make("svg:rect", { class: look, width: 22, height: 12 }, picture);
      else make("svg:line", { class: look, x1: 0, x2: 22, y1: 6, y2: 6 }, picture);
      make("span", {}, button, name);
      button.addEventListener("click", () => {
        series.on = !series.on;
        button.setAttribute("aria-pressed", String(series.on));
        this.draw();
      });
    }

    shareControls() {
      const line = make("label", { class: "controls" }, null, "Bytes and delays of each path, of ");
      this.choice = make("select", {}, line);
      for (const run of this.data.runs.filter((run) => run.wire.length)) {
        make("option", { selected: run === this.shared ? "" : null }, this.choice, run.name);
      }
      this.choice.addEventListener("change", () => {
        this.shared = this.data.runs.find((run) => run.name === this.choice.value);
        this.draw();
      });
      this.home.append(line);
    }

    // MARK: Time

    show(from, to) {
      const least = Math.min(this.data.duration, this.data.step * 5);
      const span = Math.min(this.data.duration, Math.max(least, to - from));
      this.from = Math.min(Math.max(0, from), this.data.duration - span);
      this.to = this.from + span;
      this.draw();
    }

    zoom(factor, around) {
      const middle = around ?? this.cursor ?? (this.from + this.to) / 2;
      this.show(middle - (middle - this.from) * factor, middle + (this.to - middle) * factor);
    }

    shift(part) {
      const by = (this.to - this.from) * part;
      this.show(this.from + by, this.to + by);
    }

    point(time) {
      this.cursor = time === null ? null : Math.min(Math.max(time, 0), this.data.duration);
      this.drawCursor();
    }

    plot(name) {
      const frame = make("svg:svg", {
        class: "figure live", tabindex: 0, role: "group", "aria-roledescription": "plot",
        "aria-label": `${name}. Left and right move the cursor, plus and minus zoom, 0 shows all.`,
      }, this.home);
      const plot = { frame, name, left: 0, width: 1, anchor: null };
      const time = (event) => {
        const x = event.clientX - frame.getBoundingClientRect().left - plot.left;
        return this.from + (x / plot.width) * (this.to - this.from);
      };
      frame.addEventListener("pointermove", (event) => {
        this.read.setAttribute("aria-live", "off");
        this.point(time(event));
        if (plot.anchor !== null) this.drawSelection(plot, time(event));
      });
      frame.addEventListener("pointerdown", (event) => {
        // Touch scrolls the page; only a mouse can drag out a span.
        if (event.pointerType !== "mouse" || event.button !== 0) return this.point(time(event));
        plot.anchor = time(event);
        frame.setPointerCapture(event.pointerId);
      });
      const release = (event) => {
        if (plot.anchor === null) return;
        const [from, to] = [plot.anchor, time(event)].sort((a, b) => a - b);
        plot.anchor = null;
        if ((to - from) * plot.width > 6 * (this.to - this.from)) this.show(from, to);
        else this.draw();
      };
      frame.addEventListener("pointerup", release);
      frame.addEventListener("pointercancel", () => { plot.anchor = null; this.draw(); });
      frame.addEventListener("pointerleave", () => { if (plot.anchor === null) this.point(null); });
      frame.addEventListener("dblclick", () => this.show(0, this.data.duration));
      frame.addEventListener("keydown", (event) => this.key(event));
      return plot;
    }

    key(event) {
      const by = this.data.step * (event.shiftKey ? 10 : 1);
      const at = this.cursor ?? (this.from + this.to) / 2;
      const keys = {
        ArrowLeft: () => this.point(at - by), ArrowRight: () => this.point(at + by),
        "+": () => this.zoom(0.5), "=": () => this.zoom(0.5), "-": () => this.zoom(2),
        0: () => this.show(0, this.data.duration), Escape: () => this.point(null),
      };
      if (!keys[event.key] || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      this.read.setAttribute("aria-live", "polite");
      keys[event.key]();
      if (this.cursor !== null && (this.cursor < this.from || this.cursor > this.to)) this.shift(this.cursor < this.from ? -0.5 : 0.5);
    }

    clock(time) {
      if (!this.data.minutes) return `${fixed(time, this.data.step < 1 ? 1 : 0)} s`;
      const whole = Math.round(time * 10) / 10;
      const seconds = whole % 60;
      return `${Math.floor(whole / 60)}:${seconds < 10 ? "0" : ""}${seconds.toFixed(this.data.step < 1 ? 1 : 0)} min`;
    }

    // MARK: Drawing

    draw() {
      this.drawn = this.home.clientWidth;
      const width = Math.max(280, this.drawn);
      this.range.textContent = `${this.clock(this.from)} to ${this.clock(this.to)}`;
      const narrow = width < 560;
      const begin = (plot) => {
        plot.frame.replaceChildren();
        Object.assign(plot, { left: narrow ? 54 : 70, y: 4, panels: [] });
        plot.width = width - plot.left - 10;
      };
      const end = (plot) => {
        this.time(plot, narrow);
        plot.frame.setAttribute("width", width);
        plot.frame.setAttribute("height", plot.y);
        plot.frame.setAttribute("viewBox", `0 0 ${width} ${plot.y}`);
        plot.cursor = make("svg:line", { class: "cursor", y1: 0, y2: plot.y - 34, visibility: "hidden" }, plot.frame);
        plot.selection = make("svg:rect", { class: "selection", y: 0, height: plot.y - 34, visibility: "hidden" }, plot.frame);
      };
      const { data } = this;
      const on = data.runs.filter((run) => run.on);
      const [rates, bytes, share, delays] = this.plots;
      begin(rates);
      this.panel(rates, "Goodput, Mb/s", narrow ? 170 : 220, on.map((run) => (
        { values: run.rate, look: `curve ${run.look}`, offset: data.offset })));
      this.panel(rates, "Links, Mb/s", narrow ? 140 : 170, data.paths.filter((path) => path.on).map((path) => (
        { values: path.rate, look: `cap ${path.look}`, offset: 0, area: true })));
      if (data.choices.length) {
        this.lane(rates, "Optimal on", data.choices.map(([from, to, path]) => [from, to, data.paths[path].look]));
      }
      for (const path of data.paths) {
        if (!path.away.length) continue;
        let from = 0;
        const spans = [];
        for (const [gone, back] of path.away.concat([[data.duration, data.duration]])) {
          if (from < gone) spans.push([from, gone, path.look]);
          from = back;
        }
        this.lane(rates, path.name, spans);
      }
      end(rates);
      begin(bytes);
      this.panel(bytes, "MB so far", narrow ? 150 : 190, on.map((run) => (
        { values: run.sum, look: `curve ${run.look}`, offset: data.offset + data.step / 2 })));
      end(bytes);
      if (share) {
        begin(share);
        // Stacked areas, the last path first, so that the first path covers the foot.
        const wire = data.paths.map((path) => (this.shared.wire.find((one) => one.path === path.name) || { kbps: [] }).kbps);
        const stack = wire.map((_, index) => moving(
          this.shared.kbps.map((_, step) => wire.slice(0, index + 1).reduce((sum, values) => sum + (values[step] || 0), 0) / 1000),
          data.smooth));
        this.panel(share, `${this.shared.name} on each link, Mb/s`, narrow ? 150 : 190, stack.map((values, index) => (
          { values, look: `stack ${data.paths[index].look}`, offset: data.offset, area: true })).reverse());
        end(share);
      }
      if (delays) {
        begin(delays);
        const look = (one) => data.paths.find((path) => path.name === one.path).look;
        this.panel(delays, `${this.shared.name}: round trip, dashed: queue, ms`, narrow ? 150 : 190, this.shared.delays.flatMap((one) => [
          { values: one.rtt, look: `curve c-${look(one)}`, offset: data.offset },
          { values: one.queue, look: `curve c-${look(one)} d1`, offset: data.offset }]), true);
        end(delays);
      }
      this.drawCursor();
    }

    x(plot, time) {
      return plot.left + plot.width * (time - this.from) / (this.to - this.from);
    }

    // The part of [from, to] that is visible; null if there is none.
    span(plot, from, to) {
      const [a, b] = [Math.max(from, this.from), Math.min(to, this.to)];
      return a < b ? { x: this.x(plot, a), width: this.x(plot, b) - this.x(plot, a) } : null;
    }

    // `log`: whether the axis shows powers of ten from one up; smaller values are drawn at one.
    panel(plot, title, height, series, log = false) {
      const { data } = this;
      const place = (one, index) => one.offset + (index + 0.5) * data.step;
      const seen = (one) => one.values.map((value, index) => [place(one, index), value])
        .filter(([time]) => time >= this.from - data.step && time <= this.to + data.step);
      const all = series.map(seen);
      const highest = all.flat().reduce((most, [, value]) => Math.max(most, value), 0.01);
      const decades = Math.max(1, Math.ceil(Math.log10(highest)));
      const axis = log ? { top: 10 ** decades } : ticks(0, highest, 6);
      const foot = plot.y + 20 + height;
      const y = (value) => foot - height * Math.min(1, log ? Math.log10(Math.max(value, 1)) / decades : value / axis.top);
      make("svg:text", { class: "t", x: plot.left, y: plot.y + 13 }, plot.frame, title);
      const clip = `clip-${this.home.id}-${this.plots.indexOf(plot)}-${plot.panels.length}`;
      const hole = make("svg:clipPath", { id: clip }, plot.frame);
      make("svg:rect", { x: plot.left, y: foot - height - 2, width: plot.width, height: height + 4 }, hole);
      for (const path of data.paths) {
        for (const [from, to] of path.away) {
          const span = this.span(plot, from, to);
          if (span) make("svg:rect", { class: "away", y: foot - height, height, ...span }, plot.frame);
        }
      }
      for (let index = 0; index <= (log ? decades : Math.round(axis.top / axis.step)); index++) {
        const value = log ? 10 ** index : index * axis.step;
        make("svg:line", { class: index ? "g" : "x", x1: plot.left, x2: plot.left + plot.width, y1: y(value), y2: y(value) }, plot.frame);
        make("svg:text", { class: "k", x: plot.left - 5, y: y(value) + 4, "text-anchor": "end" }, plot.frame, label(value));
      }
      for (const mark of data.marks) {
        if (mark.time < this.from || mark.time > this.to) continue;
        const line = make("svg:line", { class: "mark", x1: this.x(plot, mark.time), x2: this.x(plot, mark.time), y1: foot - height, y2: foot }, plot.frame);
        make("svg:title", {}, line, `${this.clock(mark.time)}: ${mark.text}`);
      }
      const corner = ([time, value]) => `${this.x(plot, time).toFixed(1)} ${y(value).toFixed(1)}`;
      series.forEach((one, index) => {
        const points = all[index];
        if (!points.length) return;
        const ends = [points[0][0], points[points.length - 1][0]].map((time) => this.x(plot, time).toFixed(1));
        // After an unknown value the line starts again.
        const line = () => points.map((point, place) => (
          point[1] === null ? "" : (place && points[place - 1][1] !== null ? "L" : "M") + corner(point))).join("");
        make("svg:path", {
          class: one.look, "clip-path": `url(#${clip})`,
          d: one.area ? `M${ends[0]} ${foot}L${points.map(corner).join("L")}L${ends[1]} ${foot}Z` : line(),
        }, plot.frame);
      });
      plot.panels.push({ title });
      plot.y = foot + 10;
    }

    lane(plot, name, spans) {
      make("svg:text", { class: "k", x: plot.left - 5, y: plot.y + 10, "text-anchor": "end" }, plot.frame,
        plot.left < 60 ? name.slice(0, 8).trim() : name.slice(0, 11));
      for (const [from, to, look] of spans) {
        const span = this.span(plot, from, to);
        if (span) make("svg:rect", { class: `lane ${look}`, y: plot.y + 2, height: 9, ...span }, plot.frame);
      }
      plot.y += 16;
    }

    time(plot, narrow) {
      const unit = this.data.minutes ? 60 : 1;
      const foot = plot.y;
      for (const tick of ticks(this.from / unit, this.to / unit, narrow ? 5 : 12).all) {
        const x = this.x(plot, tick * unit);
        make("svg:line", { class: "x", x1: x, x2: x, y1: foot - 4, y2: foot }, plot.frame);
        make("svg:text", { class: "k", x, y: foot + 13, "text-anchor": "middle" }, plot.frame, label(tick));
      }
      make("svg:text", { class: "k", x: plot.left + plot.width / 2, y: foot + 29, "text-anchor": "middle" }, plot.frame,
        `time into the walk, ${this.data.minutes ? "minutes" : "s"}`);
      plot.y = foot + 36;
    }

    drawSelection(plot, to) {
      const span = this.span(plot, Math.min(plot.anchor, to), Math.max(plot.anchor, to));
      if (!span) return;
      for (const key in span) plot.selection.setAttribute(key, span[key]);
      plot.selection.setAttribute("visibility", "visible");
    }

    drawCursor() {
      const { data, cursor } = this;
      const seen = cursor !== null && cursor >= this.from && cursor <= this.to;
      for (const plot of this.plots) {
        plot.cursor.setAttribute("visibility", seen ? "visible" : "hidden");
        if (!seen) continue;
        plot.cursor.setAttribute("x1", this.x(plot, cursor));
        plot.cursor.setAttribute("x2", this.x(plot, cursor));
      }
      if (!seen) {
        this.read.textContent = data.hint;
        return;
      }
      const measured = Math.round((cursor - data.offset) / data.step - 0.5);
      const offered = Math.min(data.paths[0].rate.length - 1, Math.floor(cursor / data.step));
      const words = [this.clock(cursor)];
      for (const run of data.runs) {
        if (run.on && run.rate[measured] !== undefined) {
          words.push(`${run.title} ${fixed(run.rate[measured], 2)} Mb/s, ${fixed(run.sum[measured], 1)} MB`);
        }
      }
      for (const one of this.shared?.delays ?? []) {
        if (one.queue[measured] === undefined) continue;
        const trip = one.rtt[measured] === null ? "" : `round trip ${fixed(one.rtt[measured], 1)} ms, `;
        words.push(`${this.shared.title} on ${one.path} ${trip}queue ${fixed(one.queue[measured], 1)} ms`);
      }
      for (const path of data.paths) {
        if (path.on) words.push(`${path.name} offers ${fixed(path.rate[offered], 2)} Mb/s`);
        if (path.away.some(([from, to]) => cursor >= from && cursor < to)) words.push(`${path.name} detached`);
      }
      const choice = data.choices.find(([from, to]) => cursor >= from && cursor < to);
      if (choice) words.push(`Optimal TCP on ${data.paths[choice[2]].name}`);
      const near = (this.to - this.from) * 0.01;
      for (const mark of data.marks) if (Math.abs(mark.time - cursor) < near) words.push(mark.text);
      this.read.textContent = words.join(" \u00B7 ");
    }
  }

  document.documentElement.classList.add("js");
  for (const source of document.querySelectorAll("script.walk-data")) {
    new Walk(JSON.parse(source.textContent), document.getElementById(source.dataset.home));
  }
})();
