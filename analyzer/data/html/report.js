"use strict";
/* Shows, hides and orders what is in the page already. It builds nothing from text. */
(() => {
  const root = document.documentElement;
  const form = document.getElementById("filters");
  const table = document.getElementById("controls");
  const count = document.getElementById("count");
  const nothing = document.getElementById("nothing");
  const bodies = [...table.tBodies];
  const controls = bodies.filter((body) => body.classList.contains("control"));
  const selects = [...form.querySelectorAll("select")];
  const boxes = [...form.querySelectorAll("input[type=checkbox]")];
  const query = form.elements.namedItem("q");
  const texts = new Map();
  const PREFIX = "#filter:";

  /* Filters */
  const textOf = (body) => {
    if (!texts.has(body)) {
      const said = [...body.querySelectorAll("bdi, .w, .id, .find")].map((one) => one.textContent);
      texts.set(body, said.join("\n").toLowerCase());
    }
    return texts.get(body);
  };
  const within = (section, chosen) => section === chosen || section.startsWith(`${chosen}.`);

  const chosen = () => {
    const state = new URLSearchParams();
    const verdicts = boxes.filter((box) => box.checked).map((box) => box.value);
    if (verdicts.length) state.set("verdict", verdicts.join(","));
    for (const select of selects) if (select.value) state.set(select.name, select.value);
    if (query.value.trim()) state.set("q", query.value.trim());
    return state;
  };

  const fits = (body, state, verdicts, words) => {
    if (verdicts.length && !verdicts.includes(body.dataset.verdict)) return false;
    for (const { name, value } of selects) {
      if (!value) continue;
      const own = body.dataset[name];
      if (name === "section" ? !within(own, value) : own !== value) return false;
    }
    return words.every((word) => textOf(body).includes(word));
  };

  const hideEmptyGroups = (sorted) => {
    let group = null;
    for (const body of bodies) {
      if (body.classList.contains("group")) {
        group = body;
        group.hidden = true;
      } else if (group && !body.hidden) {
        group.hidden = sorted;
      }
    }
  };

  const apply = (remember) => {
    const state = chosen();
    const verdicts = (state.get("verdict") || "").split(",").filter(Boolean);
    const words = (state.get("q") || "").toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const body of controls) {
      body.hidden = !fits(body, state, verdicts, words);
      if (!body.hidden) shown += 1;
    }
    hideEmptyGroups(table.dataset.sorted === "yes");
    nothing.hidden = shown > 0;
    count.textContent = `${shown} of ${controls.length} controls shown`;
    if (remember) {
      const text = state.toString();
      history.replaceState(null, "", text ? PREFIX + text : "#register");
    }
  };

  const restore = (text) => {
    const state = new URLSearchParams(text);
    const verdicts = (state.get("verdict") || "").split(",");
    for (const box of boxes) box.checked = verdicts.includes(box.value);
    for (const select of selects) {
      const value = state.get(select.name) || "";
      select.value = [...select.options].some((option) => option.value === value) ? value : "";
    }
    query.value = state.get("q") || "";
    apply(false);
  };

  /* Order */
  const orderOf = (key) => {
    if (key === "verdict") return boxes.map((box) => box.value);
    const select = selects.find((one) => one.name === key);
    return select ? [...select.options].map((option) => option.value) : [];
  };

  const compare = (key) => {
    if (key === "id") return () => 0;
    if (key === "title") {
      const titles = new Map(
        controls.map((body) => [body, body.querySelector(".c-title").textContent]),
      );
      return (a, b) => titles.get(a).localeCompare(titles.get(b), "en");
    }
    const order = orderOf(key);
    return (a, b) => order.indexOf(a.dataset[key]) - order.indexOf(b.dataset[key]);
  };

  const sort = (head) => {
    const descending = head.getAttribute("aria-sort") === "ascending";
    for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", descending ? "descending" : "ascending");
    const plain = head.dataset.key === "id" && !descending;
    table.dataset.sorted = plain ? "no" : "yes";
    const by = compare(head.dataset.key);
    const ranked = controls.map((body, place) => ({ body, place }));
    ranked.sort((a, b) => {
      const way = by(a.body, b.body) || (head.dataset.key === "id" ? a.place - b.place : 0);
      return (descending ? -way : way) || a.place - b.place;
    });
    table.append(...(plain ? bodies : ranked.map(({ body }) => body)));
    apply(false);
  };

  for (const head of table.tHead.rows[0].cells) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = head.textContent;
    button.addEventListener("click", () => sort(head));
    head.replaceChildren(button);
  }
  table.tHead.rows[0].cells[0].setAttribute("aria-sort", "ascending");

  /* Links and opening */
  const openAround = (element) => {
    for (let at = element; at; at = at.parentElement) {
      if (at.localName === "details") at.open = true;
    }
  };

  const follow = () => {
    if (location.hash.startsWith(PREFIX)) {
      restore(location.hash.slice(PREFIX.length));
      return; /* where to scroll, the browser knows: it was there before */
    }
    const target = document.querySelector(":target");
    if (!target) return;
    if (controls.includes(target)) {
      if (target.hidden) restore("");
      const details = target.querySelector("details");
      details.open = true;
      details.querySelector("summary").focus({ preventScroll: true });
    } else if (target.hasAttribute("tabindex")) {
      target.focus({ preventScroll: true });
    }
    openAround(target);
    target.scrollIntoView();
  };

  const setAll = (open) => {
    for (const body of controls) {
      if (!body.hidden) body.querySelector("details").open = open;
    }
  };

  table.addEventListener("click", (event) => {
    const row = event.target.closest("tr.row");
    if (!row || event.target.closest("a") || String(getSelection())) return;
    const details = row.parentElement.querySelector("details");
    details.open = !details.open;
  });
  /* A second click on the same link has to open the row again. */
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a");
    if (link && link.hash && link.hash === location.hash) follow();
  });

  /* Paper shows everything that the filters left. */
  let closed = [];
  addEventListener("beforeprint", () => {
    closed = [...document.querySelectorAll("details:not([open])")];
    for (const details of closed) details.open = true;
  });
  addEventListener("afterprint", () => {
    for (const details of closed) details.open = false;
  });

  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("input", () => apply(true));
  form.addEventListener("reset", (event) => {
    event.preventDefault();
    restore("");
    history.replaceState(null, "", "#register");
  });
  document.getElementById("open-all").addEventListener("click", () => setAll(true));
  document.getElementById("close-all").addEventListener("click", () => setAll(false));

  const theme = document.getElementById("theme");
  theme.addEventListener("change", () => {
    if (theme.value) root.dataset.theme = theme.value;
    else delete root.dataset.theme;
  });
  theme.parentElement.hidden = false;

  form.hidden = false;
  apply(false);
  addEventListener("hashchange", follow);
  if (location.hash) follow();
  if (location.hash.startsWith(PREFIX)) document.getElementById("register").scrollIntoView();
})();
