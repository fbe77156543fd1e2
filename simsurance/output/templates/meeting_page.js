"use strict";
// From settings of sliders to flows, balances, fans and a picture. The same formulas as simsurance/answers/surrogate.py and
// surrogate_draws.py; `window.meeting` lets a test call them.
(() => {
  const held = JSON.parse(document.getElementById("held").textContent);
  const { words, years, funds, sliders } = held;
  const ROUNDING = 1e-9;
  const bytes = text => Uint8Array.from(atob(text), each => each.charCodeAt(0)).buffer;
  const doubles = text => new Float64Array(bytes(text));
  const count = years.length, heads = { a: words.setting_a, b: words.setting_b };
  const bank = { rates: doubles(held.bank.rates), deficit: doubles(held.bank.deficit) };
  const coefficients = doubles(held.coefficients); // [fund, term, flow, year]
  const draws = held.draws && {
    ...held.draws,
    apart: new Float32Array(bytes(held.draws.apart)), // [fund, draw, flow, year]
    bends: new Int16Array(bytes(held.draws.bends)), // [fund, power, slider, draw, flow, year]
    opening: doubles(held.draws.opening), // [fund, draw]
    rates: doubles(held.draws.rates), deficit: doubles(held.draws.deficit), // [draw, year]
  };
  const place = (slider, size) => 2 * (size - slider.low) / (slider.high - slider.low) - 1;
  const own = sliders.map(slider => slider.own);

  // ---- numbers

  function logarithms(fund, sizes) {
    const polynomials = sliders.map((slider, at) => {
      const x = Math.min(1, Math.max(-1, place(slider, sizes[at]))), found = [1, x];
      for (let degree = 2; degree <= 4; degree++) found.push(2 * x * found[degree - 1] - found[degree - 2]);
      return found;
    });
    const wide = 2 * count, found = new Float64Array(wide), begin = fund * held.degrees.length * wide;
    held.degrees.forEach((degrees, term) => {
      let factor = 1;
      for (let at = 0; at < degrees.length; at++) factor *= polynomials[at][degrees[at]];
      const row = begin + term * wide;
      for (let cell = 0; cell < wide; cell++) found[cell] += factor * coefficients[row + cell];
    });
    return found;
  }

  const late = rate => held.bank.share === 0.5 ? Math.sqrt(1 + rate) : (1 + rate) ** held.bank.share;

  function account(flows, opening, rates, deficit, start, months, gone) {
    // Reserve months by year into `months`; the place of the first year in which the fund has run out, `count` if none.
    let fund = opening, first = count;
    for (let year = 0; year < count; year++) {
      const income = flows[year], outgo = flows[count + year];
      const rate = fund < -ROUNDING * outgo ? deficit[start + year] : rates[start + year];
      fund = fund * (1 + rate) + (income - outgo) * late(rate);
      months[year] = fund * 12 / outgo;
      if (first === count && fund < -ROUNDING * outgo) first = year;
    }
    return first;
  }

  function percentile(sorted, share) {
    const at = share * (sorted.length - 1), below = Math.floor(at), above = Math.min(below + 1, sorted.length - 1);
    return sorted[below] + (sorted[above] - sorted[below]) * (at - below);
  }

  const BANDS = [0.025, 0.1, 0.25, 0.5, 0.75, 0.9, 0.975];

  function fan(fund, central, sizes) {
    const number = draws.count, wide = 2 * count, of_fund = number * wide;
    const begin = fund * of_fund, bends = fund * 2 * sliders.length * of_fund;
    const grown = Float64Array.from(draws.apart.subarray(begin, begin + of_fund));
    sliders.forEach((slider, at) => {
      const distance = place(slider, sizes[at]) - place(slider, slider.own);
      if (!distance) return;
      const linear = distance * draws.steps[0][at], square = distance * distance * draws.steps[1][at];
      const first = bends + at * of_fund, second = first + sliders.length * of_fund;
      for (let cell = 0; cell < of_fund; cell++) grown[cell] += linear * draws.bends[first + cell] + square * draws.bends[second + cell];
    });
    const flows = new Float64Array(wide), months = new Float64Array(count), gone = new Float64Array(number);
    const columns = years.map(() => new Float64Array(number));
    for (let draw = 0; draw < number; draw++) {
      for (let cell = 0; cell < wide; cell++) flows[cell] = Math.exp(central[cell] + grown[draw * wide + cell]);
      const start = draw * count;
      gone[draw] = account(flows, draws.opening[fund * number + draw], draws.rates, draws.deficit, start, months);
      for (let year = 0; year < count; year++) columns[year][draw] = months[year];
    }
    const bands = columns.map(column => { column.sort(); return BANDS.map(share => percentile(column, share)); });
    const each = number / draws.parts, seen = Array.from({ length: draws.parts }, () => new Float64Array(count + 1));
    gone.forEach((first, draw) => seen[Math.floor(draw / each)][first]++);
    const shares = new Float64Array(draws.parts), chances = [], errors = [];
    for (let year = 0; year < count; year++) {
      let mean = 0, spread = 0;
      for (let part = 0; part < draws.parts; part++) mean += (shares[part] += seen[part][year] / each) / draws.parts;
      for (let part = 0; part < draws.parts; part++) spread += (shares[part] - mean) ** 2;
      chances.push(mean);
      errors.push(Math.sqrt(spread / (draws.parts - 1) / draws.parts));
    }
    const ranked = gone.slice().sort();
    const dates = [0.1, 0.5, 0.9].map(share => ranked[Math.max(Math.ceil(share * number) - 1, 0)]);
    return { bands, chances, errors, dates };
  }

  function compute(sizes, fund) {
    const central = logarithms(fund, sizes), flows = central.map(Math.exp), months = new Float64Array(count);
    const depleted = account(flows, funds[fund].opening, bank.rates, bank.deficit, 0, months);
    let deficit = count, balance = funds[fund].opening;
    for (let year = 0; year < count && deficit === count; year++) {
      const next = months[year] * flows[count + year] / 12;
      if (next < balance - ROUNDING * flows[count + year]) deficit = year;
      balance = next;
    }
    return { flows, months, depleted, deficit, ...(draws ? fan(fund, central, sizes) : {}) };
  }

  // ---- words

  const fill = (text, facts) => text.replace(/\{(\w+)\}/g, (whole, name) => name in facts ? facts[name] : whole);

  function number(value, digits) {
    const [whole, rest] = Math.abs(value).toFixed(digits).split(".");
    const text = whole.replace(/\B(?=(\d{3})+$)/g, words.thousands) + (rest ? words.decimal + rest : "");
    return (value < 0 && Number(text.replace(/\D/g, "")) ? words.minus : "") + text;
  }

  const signed = (value, digits) => (number(value, digits).startsWith(words.minus) ? "" : "+") + number(value, digits);
  const told = (slider, size) => (slider.how === "add" ? signed : number)(size * slider.size, slider.digits) + slider.unit;
  const cover = months => months < -0.05 ? fill(words.deficit_months, { months: number(-months, 1) }) : number(months, 1);
  const dated = (at, never) => at < count ? String(years[at]) : fill(never, { last: years[count - 1] });
  const end = at => at < count ? String(years[at]) : fill(words.after, { last: years[count - 1] });
  const span = dates => dates[0] === dates[2] ? end(dates[0]) : fill(words.draws_range, { low: end(dates[0]), high: end(dates[2]) });
  const escaped = text => String(text).replace(/[&<>"]/g, sign => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[sign]);

  function sentence(found, fund) {
    const facts = { fund: funds[fund].label, year: years[found.depleted], last: years[count - 1] };
    const text = fill(found.depleted < count ? words.sentence_depleted : words.sentence_never, facts);
    return draws ? text + fill(words.sentence_draws, { low: span(found.dates) }) : text;
  }

  // ---- picture

  const LEFT = 56, RIGHT = 790, TOP = 34, FLOOR = 380, STRIP = 432, FOOT = 520, DEEP = -24, ROOM = 60;

  function picture(found, fund, moved) {
    const past = funds[fund].past, begin = past.length ? Math.min(...past.map(each => each[0])) : years[0];
    const last = years[count - 1], x = year => LEFT + (year - begin + 0.5) / (last - begin + 1) * (RIGHT - LEFT);
    const middle = Math.max(...past.map(each => each[1]), ...found.a.months, ...found.b.months, 6);
    const highest = Math.max(middle * 1.15, Math.min(draws ? Math.max(...found[moved].bands.map(band => band[4])) : 0, ROOM));
    const step = [5, 10, 20, 30, 60, 120, 240].find(size => highest / size <= 7) || 480;
    const top = Math.ceil(highest / step) * step;
    const y = months => FLOOR - (Math.max(Math.min(months, 9 * top), 9 * DEEP) - DEEP) / (top - DEEP) * (FLOOR - TOP);
    const inside = height => Math.min(Math.max(height, TOP), FLOOR);
    const p = share => FOOT - share * (FOOT - STRIP);
    const path = points => points.map(([year, value], at) => `${at ? "L" : "M"}${x(year).toFixed(1)} ${value.toFixed(1)}`).join("");
    const out = [`<title id="chart-title">${escaped(sentence(found.a, fund))}</title>`,
      `<desc id="chart-text">${escaped(heads.a + ": " + sentence(found.a, fund) + " " + heads.b + ": " + sentence(found.b, fund))}</desc>`,
      `<text class="head" x="${LEFT}" y="18">${escaped(fill(words.chart_title, { fund: funds[fund].label }))}</text>`];
    const edge = x(years[0]) - (x(years[1]) - x(years[0])) / 2;
    if (begin < years[0]) out.push(`<rect x="${LEFT}" y="${TOP}" width="${edge - LEFT}" height="${FLOOR - TOP}" fill="var(--past)"/>`,
      `<text class="soft" x="${edge + 5}" y="${TOP + 14}">${escaped(words.projection)}</text>`);
    out.push(`<rect x="${LEFT}" y="${y(0)}" width="${RIGHT - LEFT}" height="${FLOOR - y(0)}" fill="var(--tint)"/>`);
    for (let tick = 0; tick <= top; tick += step) out.push(line(LEFT, y(tick), RIGHT, y(tick), tick ? "var(--grid)" : "var(--ink)", tick ? 1 : 1.5), label(LEFT - 8, y(tick) + 5, tick, "end"));
    out.push(`<clipPath id="frame"><rect x="${LEFT}" y="${TOP}" width="${RIGHT - LEFT}" height="${FLOOR - TOP}"/></clipPath><g clip-path="url(#frame)">`);
    const shown = found[moved];
    if (draws) [[0, 6, "--band95"], [1, 5, "--band80"], [2, 4, "--band50"]].forEach(([low, high, colour]) => {
      const there = years.map((year, at) => [year, y(shown.bands[at][high])]), back = years.map((year, at) => [year, y(shown.bands[at][low])]).reverse();
      out.push(`<path class="band" d="${path([...there, ...back])}Z" fill="var(${colour})"/>`);
    });
    const strips = [];
    out.push(label(LEFT + 8, FLOOR - 8, words.deficit, "start", "soft"));
    if (past.length) {
      out.push(`<path d="${path(past.map(([year, months]) => [year, y(months)]))}" fill="none" stroke="var(--a)"/>`);
      past.forEach(([year, months]) => out.push(`<circle cx="${x(year)}" cy="${y(months)}" r="3.4" fill="var(--a)"/>`));
    }
    const ends = [];
    for (const name of ["a", "b"]) {
      const dashes = name === "b" ? ' stroke-dasharray="7 4"' : "";
      const points = [...past.slice(-1).map(([year, months]) => [year, y(months)]), ...years.map((year, at) => [year, y(found[name].months[at])])];
      out.push(`<path class="central ${name}" d="${path(points)}" fill="none" stroke="var(--${name})" stroke-width="2.6"${dashes}/>`);
      ends.push([inside(y(found[name].months[count - 1])), name]);
      if (found[name].depleted < count) out.push(`<path d="M${x(years[found[name].depleted])} ${y(0) + 7}l-6 -11h12z" fill="var(--${name})" stroke="var(--paper)"/>`);
      if (draws) {
        const strip = years.map((year, at) => [year, p(found[name].chances[at])]);
        strips.push(`<path d="${path(strip)}" fill="none" stroke="var(--${name})" stroke-width="2.2"${dashes}/>`);
      }
    }
    out.push("</g>", ...strips);
    ends.sort((one, other) => one[0] - other[0]);
    const gap = Math.max(0, 17 - (ends[1][0] - ends[0][0])) / 2;
    out.push(label(RIGHT + 8, ends[0][0] + 5 - gap, heads[ends[0][1]], "start"), label(RIGHT + 8, ends[1][0] + 5 + gap, heads[ends[1][1]], "start"));
    if (draws) {
      out.push(`<text class="head" x="${LEFT}" y="${STRIP - 12}">${escaped(words.chance_title)}</text>`);
      [0, 0.5, 1].forEach(share => out.push(line(LEFT, p(share), RIGHT, p(share), share ? "var(--grid)" : "var(--ink)", share ? 1 : 1.5), label(LEFT - 8, p(share) + 5, `${share * 100}%`, "end")));
    }
    const foot = draws ? FOOT : FLOOR;
    for (let year = Math.ceil(begin / 5) * 5; year <= last; year += year % 10 ? 5 : 10) if (year % 10 === 0) out.push(line(x(year), foot, x(year), foot + 5, "var(--ink)", 1), label(x(year), foot + 21, year, "middle"));
    return out.join("");
  }

  const line = (x1, y1, x2, y2, colour, width) => `<line x1="${x1}" y1="${y1}" x2="${x2}" y2="${y2}" stroke="${colour}" stroke-width="${width}"/>`;
  const label = (x, y, text, anchor, kind = "") => `<text x="${x}" y="${y}" text-anchor="${anchor}" class="${kind}">${escaped(text)}</text>`;

  function table(found) {
    const { a, b } = found, last = count - 1, middle = Math.min(9, last);
    const apart = (one, other) => one === other ? words.same_year : fill(other > one ? words.years_later : words.years_earlier, { years: Math.abs(other - one) });
    const both = (key, never) => [dated(a[key], never), dated(b[key], never), Math.max(a[key], b[key]) === count && a[key] !== b[key] ? "" : apart(a[key], b[key])];
    const rows = [
      [words.depletion, ...both("depleted", words.not_depleted)],
      ...(draws ? [[words.share_of_draws, span(a.dates), span(b.dates), ""]] : []),
      [words.first_deficit, ...both("deficit", words.not_deficit)],
      ...[middle, last].map(at => [fill(words.months_in, { year: years[at] }), cover(a.months[at]), cover(b.months[at]), signed(b.months[at] - a.months[at], 1)]),
    ];
    if (draws) for (const at of new Set([middle, Math.min(19, last), last])) {
      const chance = each => `${number(100 * each.chances[at], 0)}% <small>± ${number(100 * each.errors[at], 0)}</small>`;
      rows.push([fill(words.chance_by, { year: years[at] }), chance(a), chance(b), signed(100 * (b.chances[at] - a.chances[at]), 0) + words.points]);
    }
    const cells = rows.map(([name, ...row]) => `<tr><th scope="row">${escaped(name)}</th>${row.map(cell => `<td>${cell}</td>`).join("")}</tr>`);
    return `<thead><tr><th scope="col">${escaped(words.measure)}</th><th scope="col" class="a">${escaped(heads.a)}</th><th scope="col" class="b">${escaped(heads.b)}</th><th scope="col">${escaped(words.difference)}</th></tr></thead><tbody>${cells.join("")}</tbody>`;
  }

  function toml(sizes) {
    const changed = sliders.flatMap((slider, at) => sizes[at] === slider.own ? [] : Object.entries(slider.keys).map(([key, text]) => `${key} = ${text.replace("{size}", sizes[at])}`));
    return ['extends = "scenario.toml"', `title = "${heads.b}"`, `title_zh = "${heads.b}"`, ...changed].join("\n") + "\n";
  }

  // ---- the page

  const state = { a: [...own], b: [...own], fund: 0, moved: "b", found: {} };
  const at = id => document.getElementById(id);

  function draw() {
    at("chart").innerHTML = picture(state.found, state.fund, state.moved);
    at("table").innerHTML = table(state.found);
    at("sentence").innerHTML = ["a", "b"].map(name => `<span class="${name}">${escaped(heads[name])}${words.colon}${escaped(sentence(state.found[name], state.fund))}</span>`).join("");
    sliders.forEach((slider, row) => ["a", "b"].forEach(name => {
      const cell = at(`value-${name}-${row}`);
      cell.innerHTML = `${heads[name]} <b>${told(slider, state[name][row])}</b>`;
      cell.className = state[name][row] === slider.own ? "" : "moved";
    }));
  }

  function step(name = state.moved) {
    state.found[name] = compute(state[name], state.fund);
    draw();
  }

  function whole() {
    ["a", "b"].forEach(name => state.found[name] = compute(state[name], state.fund));
    sliders.forEach((_, row) => at(`slider-${row}`).value = state[state.moved][row]);
    draw();
    kept();
  }

  function rounded(slider, size) {
    const round = Math.min(slider.high, Math.max(slider.low, Number((Math.round(size / slider.step) * slider.step).toPrecision(8))));
    return Math.abs(size - slider.own) < slider.step / 2 ? slider.own : round;
  }

  function kept() {
    const list = sizes => sizes.map(Number).join(",");
    history.replaceState(null, "", `#f=${funds[state.fund].name}&m=${state.moved}&a=${list(state.a)}&b=${list(state.b)}`);
    at("toml").textContent = toml(state.b);
  }

  function from_link() {
    const link = new URLSearchParams(location.hash.slice(1));
    const fund = funds.findIndex(each => each.name === link.get("f"));
    state.fund = Math.max(fund, 0);
    state.moved = link.get("m") === "a" ? "a" : "b";
    for (const name of ["a", "b"]) {
      const sizes = (link.get(name) || "").split(",").map(text => text === "" ? NaN : Number(text));
      state[name] = sliders.map((slider, row) => Number.isFinite(sizes[row]) ? Math.min(slider.high, Math.max(slider.low, sizes[row])) : slider.own);
    }
    document.querySelector(`input[name=fund][value="${state.fund}"]`).checked = true;
    document.querySelector(`input[name=which][value="${state.moved}"]`).checked = true;
    whole();
  }

  function choice(into, name, options, pick) {
    options.forEach(([value, text]) => {
      const label = document.createElement("label"), input = document.createElement("input");
      Object.assign(input, { type: "radio", name, value });
      input.addEventListener("change", () => pick(value));
      label.append(input, " ", text);
      at(into).append(label);
    });
  }

  function button(text, act) {
    const found = document.createElement("button");
    found.type = "button";
    found.textContent = text;
    found.addEventListener("click", () => act(found));
    at("buttons").append(found);
  }

  sliders.forEach((slider, row) => {
    const lever = document.createElement("div");
    lever.className = "lever";
    lever.innerHTML = `<label for="slider-${row}">${escaped(slider.label)}</label><input type="range" id="slider-${row}" min="${slider.low}" max="${slider.high}" step="any"><div class="values"><span id="value-a-${row}"></span><span id="value-b-${row}"></span><span class="own">${escaped(words.own)} ${told(slider, slider.own)}</span></div>`;
    at("rows").append(lever);
    const input = at(`slider-${row}`);
    const move = size => { state[state.moved][row] = rounded(slider, size); input.setAttribute("aria-valuetext", told(slider, state[state.moved][row])); step(); };
    input.addEventListener("input", () => move(Number(input.value)));
    input.addEventListener("change", () => { input.value = state[state.moved][row]; kept(); });
    input.addEventListener("keydown", event => {
      const way = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1, PageUp: 10, PageDown: -10 }[event.key];
      if (!way) return;
      event.preventDefault();
      const now = state[state.moved][row], next = now + way * slider.step;
      move(now === slider.own || Math.abs(next - slider.own) >= slider.step / 2 ? now === slider.own ? slider.own + way * Math.max(slider.step, slider.step) : next : slider.own);
      input.value = state[state.moved][row];
      kept();
    });
  });
  choice("which", "which", [["a", heads.a], ["b", heads.b]], value => { state.moved = value; whole(); });
  choice("fund", "fund", funds.map((fund, place) => [place, fund.label]), value => { state.fund = Number(value); whole(); });
  button(words.same, () => { state.b = [...state.a]; whole(); });
  button(words.reset, () => { state[state.moved] = [...own]; whole(); });
  button(words.copy, found => {
    const link = location.href, done = () => { found.textContent = words.copied; setTimeout(() => found.textContent = words.copy, 1500); };
    if (navigator.clipboard) navigator.clipboard.writeText(link).then(done, () => prompt(words.copy, link));
    else prompt(words.copy, link);
  });
  at("legend").innerHTML = [...(draws ? [["95%", "--band95"], ["80%", "--band80"], ["50%", "--band50"]].map(([share, colour]) => `<span class="band" style="--fill: var(${colour})">${share}</span>`) : []),
    ...(draws ? [`<span>${escaped(fill(words.fan, { draws: draws.count }))}</span>`] : []), `<span>▼ ${escaped(words.depletion)}</span>`,
    ...(funds.some(fund => fund.past.length) ? [`<span>● ${escaped(words.published)}</span>`] : []), `<span>${escaped(words.deep)}</span>`].join("");
  window.addEventListener("hashchange", from_link);
  from_link();
  window.meeting = { state, compute, draw, step, whole, sliders, years, funds };
})();
