// Quiver's extras. Every page is complete without them: they save a page load here, a keystroke
// there. One module, no framework, nothing from elsewhere.

const $ = (selector, root = document) => root.querySelector(selector);
const all = (selector, root = document) => [...root.querySelectorAll(selector)];
const text = document.documentElement.dataset;

function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

function stored(key, fallback) {
  try {
    return JSON.parse(localStorage.getItem(key)) ?? fallback;
  } catch {
    return fallback;
  }
}

function store(key, value) {
  try {
    localStorage.setItem(key, JSON.stringify(value));
  } catch {
    // A browser that keeps nothing loses the convenience and nothing else.
  }
}

// What a screen reader should hear of a change.
const live = make("p", { class: "hidden", role: "status" });
document.body.append(live);

// Results and filters in place -------------------------------------------------------------

let running = null;
let shown = location.pathname + location.search;

function isAnswer(url) {
  return url.origin === location.origin && url.pathname === text.search;
}

// Says which control this is, so that the focus can go back to it in the new page.
function controlOf(element) {
  if (!element || !element.closest("main, header")) return null;
  if (element.localName === "a" && !element.id && !element.getAttribute("aria-label")) {
    // A link of the same words in the same part of the page; else the number of results.
    const region = element.closest("[aria-label]")?.getAttribute("aria-label") ?? "";
    return { region, words: element.textContent.trim() };
  }
  if (element.id) return `#${CSS.escape(element.id)}`;
  const label = element.getAttribute("aria-label");
  if (label) return `${element.localName}[aria-label="${CSS.escape(label)}"]`;
  if (element.name) {
    const value = element.type === "checkbox" ? `[value="${CSS.escape(element.value)}"]` : "";
    return `${element.localName}:not([type="hidden"])[name="${CSS.escape(element.name)}"]${value}`;
  }
  return null;
}

function controlAgain(focused) {
  if (typeof focused === "string") return $(focused) ?? $("#total");
  const part = focused.region ? $(`[aria-label="${CSS.escape(focused.region)}"]`) : $("main");
  return all("a", part ?? undefined).find((one) => one.textContent.trim() === focused.words) ?? $("#total");
}

async function turnTo(url, { push = true, top = false } = {}) {
  running?.abort();
  running = new AbortController();
  const focused = controlOf(document.activeElement);
  const open = all("details[open] > summary").map((one) => one.closest("[id], fieldset")?.id);
  document.documentElement.classList.add("busy");
  try {
    const response = await fetch(url, { signal: running.signal, headers: { Accept: "text/html" } });
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    const main = $("main", page);
    const find = $(".top .find", page);
    if (!main || !find) throw new Error("not a page of results");
    const typing = document.activeElement?.id === "q" ? $("#q").value : null;
    $("main").replaceWith(document.adoptNode(main));
    $(".top .find").replaceWith(document.adoptNode(find));
    if (typing !== null) $("#q").value = typing;
    document.title = page.title;
    if (push) history.pushState(null, "", url);
    shown = location.pathname + location.search;
    for (const id of open) if (id) $(`#${CSS.escape(id)} > details`)?.setAttribute("open", "");
    prepare();
    const again = focused && controlAgain(focused);
    if (top) {
      scrollTo({ top: 0 });
      $("main").focus({ preventScroll: true });
    } else if (again) {
      again.focus({ preventScroll: true });
    }
    live.textContent = $("#total")?.textContent ?? document.title;
  } catch (error) {
    // Whatever went wrong, the browser's own way still works.
    if (error.name !== "AbortError") location.assign(url);
  } finally {
    document.documentElement.classList.remove("busy");
  }
}

function addressOf(form, submitter) {
  const url = new URL(submitter?.formAction || form.action, location.href);
  const pairs = [...new FormData(form)].filter(([, value]) => value !== "");
  url.search = new URLSearchParams(pairs);
  return url;
}

// On a narrow screen the filters are a sheet that stays open while they are chosen.
document.addEventListener("click", (event) => {
  const link = event.target.closest("a.to-filters, a.close-filters");
  if (!link || !$("#filters.filters")) return;
  event.preventDefault();
  const opens = link.matches(".to-filters");
  document.documentElement.classList.toggle("sheet", opens);
  $(opens ? "#filters" : "#total").focus();
});

document.addEventListener("keydown", (event) => {
  const root = document.documentElement;
  if (event.key === "Escape" && root.classList.contains("sheet")) {
    root.classList.remove("sheet");
    $("a.to-filters")?.focus();
  }
});

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[href]");
  if (!link || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  const url = new URL(link.href.baseVal ?? link.href, location.href);
  if (!$(".answer #total") || !isAnswer(url) || !link.closest("main")) return;
  if (url.hash && url.search === location.search) return;
  event.preventDefault();
  turnTo(url, { top: Boolean(link.closest(".pager")) });
});

document.addEventListener("submit", (event) => {
  const url = addressOf(event.target, event.submitter);
  if (!$(".answer #total") || !isAnswer(url)) return;
  event.preventDefault();
  turnTo(url);
});

document.addEventListener("change", (event) => {
  const form = event.target.closest(".facets");
  if (form && event.target.type === "checkbox") turnTo(addressOf(form));
});

addEventListener("popstate", () => {
  // A link to a place in this page changes nothing but the place.
  if (location.pathname + location.search === shown) return;
  if (isAnswer(new URL(location.href)) && $(".answer")) turnTo(location.href, { push: false });
  else location.reload();
});

// The shelf, kept in this browser ------------------------------------------------------------
//
// A list of ids. The page of the shelf is the address with all of them, so that an export, a
// bookmark and a message to a colleague have the same papers. What does not fit into an address
// is not taken in silence: the shelf is full then, and says so.

const SHELF = "quiver.shelf";
const LONGEST_ADDRESS = 7_600;
let cleared = [];

// Whatever else wrote there: a list of texts.
function onShelf() {
  const ids = stored(SHELF, []);
  return Array.isArray(ids) ? ids.filter((id) => typeof id === "string") : [];
}

function shelfAddress(ids, name = "", value = "") {
  const url = new URL(text.shelf, location.href);
  for (const id of ids) url.searchParams.append("id", id);
  if (name) url.searchParams.set(name, value);
  return url;
}

const number = (ids) => (ids.length === 1 ? "1 paper" : `${ids.length} papers`);

// Returns whether the shelf can hold these papers, and keeps them if so.
function putOnShelf(ids) {
  const fits = shelfAddress(ids, "compare", "1").href.length <= LONGEST_ADDRESS;
  if (fits) store(SHELF, ids);
  showShelf();
  live.textContent = fits ? `${number(ids)} on your shelf` : "The shelf is full";
  if (!fits) $("#tray p").textContent = "The shelf is full. Export its papers or remove some to continue.";
  return fits;
}

function shelve(id, wanted) {
  const others = onShelf().filter((one) => one !== id);
  cleared = [];
  putOnShelf(wanted ? [...others, id] : others);
}

// The page of this very shelf: what is removed there is removed here.
function isMine() {
  if (location.pathname !== text.shelf) return false;
  const here = new URL(location.href).searchParams.getAll("id");
  const kept = onShelf();
  return here.length === kept.length && here.every((id) => kept.includes(id));
}

function tray() {
  const existing = $("#tray");
  if (existing) return existing;
  const element = make(
    "aside",
    { id: "tray", class: "tray", "aria-label": "Your shelf", hidden: "" },
    make("p"),
    make("a", { rel: "nofollow", class: "tray-cite" }, "Cite"),
    make("a", { rel: "nofollow", class: "tray-export" }, "Export"),
    make("a", { rel: "nofollow", class: "tray-compare" }, "Compare"),
    make("button", { type: "button" }, "Clear"),
  );
  $("button", element).addEventListener("click", () => {
    const ids = onShelf();
    store(SHELF, cleared);
    cleared = ids;
    showShelf();
    live.textContent = $("p", element).textContent;
  });
  $("main").after(element);
  return element;
}

function showShelf() {
  const ids = onShelf();
  const element = tray();
  const [told, cite, exporting, compare, button] = element.children;
  element.hidden = ids.length === 0 && cleared.length === 0;
  document.documentElement.classList.toggle("has-tray", !element.hidden);
  told.replaceChildren(
    ids.length ? make("a", { rel: "nofollow", href: shelfAddress(ids) }, `${ids.length} on your shelf`) : "The shelf is empty now.",
  );
  cite.href = `${shelfAddress(ids)}#cite`;
  exporting.href = `${shelfAddress(ids)}#export`;
  compare.href = shelfAddress(ids, "compare", "1");
  for (const link of [cite, exporting, compare]) link.hidden = ids.length === 0;
  compare.hidden = ids.length < 2;
  button.textContent = ids.length ? "Clear" : "Undo";
  for (const box of all('.pick input[name="id"]')) box.checked = ids.includes(box.value);
  for (const one of all("button.shelve")) {
    one.textContent = ids.includes(one.value) ? "Remove from shelf" : "Add to shelf";
  }
  for (const link of all("#shelf-link")) link.href = shelfAddress(ids);
  $("#adopt")?.toggleAttribute("disabled", isMine());
}

// Buttons in place of links, a box that works at once in place of a form for this page only.
function prepareShelf() {
  for (const link of all("a.shelve")) {
    const id = new URL(link.href).searchParams.get("id");
    const button = make("button", { type: "button", class: "shelve", value: id });
    button.addEventListener("click", () => shelve(id, !onShelf().includes(id)));
    link.replaceWith(button);
  }
  for (const form of all("#selection")) form.hidden = true;
  const listed = new URL(location.href).searchParams.getAll("id");
  $("#adopt")?.addEventListener("click", () => putOnShelf([...new Set([...onShelf(), ...listed])]));
  showShelf();
}

document.addEventListener("change", (event) => {
  if (event.target.matches('.pick input[name="id"]:not([form="adding"])')) shelve(event.target.value, event.target.checked);
});

document.addEventListener("click", (event) => {
  const link = event.target.closest(".take-off a[data-id]");
  if (link && isMine()) store(SHELF, onShelf().filter((one) => one !== link.dataset.id));
});

document.addEventListener("submit", (event) => {
  // Papers added on the page of this very shelf are added here, too.
  if (event.target.id !== "adding" || !isMine()) return;
  store(SHELF, [...new Set(new FormData(event.target).getAll("id"))]);
});

addEventListener("storage", (event) => {
  if (event.key === SHELF) showShelf();
});
addEventListener("pageshow", (event) => {
  if (event.persisted) showShelf();
});

// Keys ------------------------------------------------------------------------------------------

const KEYS = "quiver.keys";

function helpDialog() {
  const existing = $("#keys");
  if (existing) return existing;
  const box = make("input", { type: "checkbox", id: "keys-on" });
  box.checked = stored(KEYS, true);
  box.addEventListener("change", () => store(KEYS, box.checked));
  const rows = [
    ["/", "go to the search box"],
    ["j, k", "go to the next or previous paper"],
    ["o", "open the paper"],
    ["?", "show this list"],
  ].map(([key, told]) => make("div", {}, make("dt", {}, make("kbd", {}, key)), make("dd", {}, told)));
  const close = make("button", { type: "button" }, "Close");
  const dialog = make(
    "dialog",
    { id: "keys", "aria-labelledby": "keys-title" },
    make("h2", { id: "keys-title" }, "Keyboard shortcuts"),
    make("dl", {}, ...rows),
    make("label", { for: "keys-on" }, box, " Enable single-key shortcuts on this site"),
    close,
  );
  close.addEventListener("click", () => dialog.close());
  document.body.append(dialog);
  return dialog;
}

function step(direction) {
  const links = all(".hits h3 a, .papers .line-title a, .year-group h3 a");
  if (!links.length) return;
  const at = links.indexOf(document.activeElement);
  const to = at < 0 ? (direction > 0 ? 0 : links.length - 1) : at + direction;
  links[Math.min(Math.max(to, 0), links.length - 1)].focus();
}

document.addEventListener("keydown", (event) => {
  const typing = event.target.closest("input, textarea, select, dialog, [contenteditable]");
  if (typing || event.metaKey || event.ctrlKey || event.altKey || event.isComposing) return;
  if (event.key === "?") {
    helpDialog().showModal();
  } else if (!stored(KEYS, true)) {
    return;
  } else if (event.key === "/") {
    $("#q, #q-front")?.select();
  } else if (event.key === "j") {
    step(1);
  } else if (event.key === "k") {
    step(-1);
  } else if (event.key === "o" && document.activeElement.matches("h3 a, .line-title a")) {
    document.activeElement.click();
  } else {
    return;
  }
  event.preventDefault();
});

// Completion: a combobox with a list (WAI-ARIA 1.2) -----------------------------------------------

function complete(input) {
  const list = make("ul", { id: `${input.id}-list`, role: "listbox", "aria-label": "Names and venues", class: "completions", hidden: "" });
  input.closest(".find-box").append(list);
  for (const [name, value] of [["role", "combobox"], ["aria-expanded", "false"], ["aria-controls", list.id], ["aria-autocomplete", "list"]]) {
    input.setAttribute(name, value);
  }
  let chosen = -1;
  let timer = 0;
  let asking = null;

  function close() {
    list.hidden = true;
    chosen = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  }

  function mark(to) {
    const options = all("[role=option]", list);
    chosen = (to + options.length + 1) % (options.length + 1);
    options.forEach((one, place) => one.setAttribute("aria-selected", String(place === chosen)));
    if (options[chosen]) {
      input.setAttribute("aria-activedescendant", options[chosen].id);
      options[chosen].scrollIntoView({ block: "nearest" });
    } else {
      input.removeAttribute("aria-activedescendant");
    }
  }

  async function ask() {
    asking?.abort();
    asking = new AbortController();
    const typed = input.value.trim();
    if (typed.length < 2) return close();
    try {
      const url = `${text.suggest}?q=${encodeURIComponent(typed)}`;
      const [, words, told, links] = await (await fetch(url, { signal: asking.signal })).json();
      if (!words.length || document.activeElement !== input) return close();
      list.replaceChildren(
        ...words.map((word, place) => {
          const option = make(
            "li",
            { role: "option", id: `${list.id}-${place}`, "aria-selected": "false" },
            make("span", {}, word),
            " ",
            make("span", { class: "count" }, told[place]),
          );
          option.dataset.href = links[place];
          return option;
        }),
      );
      list.hidden = false;
      chosen = -1;
      input.setAttribute("aria-expanded", "true");
    } catch (error) {
      if (error.name !== "AbortError") close();
    }
  }

  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, 150);
  });
  input.addEventListener("blur", () => {
    clearTimeout(timer);
    close();
  });
  input.addEventListener("keydown", (event) => {
    if (event.isComposing || list.hidden) return;
    const option = all("[role=option]", list)[chosen];
    if (event.key === "Escape") close();
    else if (event.key === "ArrowDown") mark(chosen + 1);
    else if (event.key === "ArrowUp") mark(chosen < 0 ? list.children.length - 1 : chosen - 1);
    else if (event.key === "Enter" && option) location.assign(option.dataset.href);
    else return;
    event.preventDefault();
  });
  list.addEventListener("mousedown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => {
    const option = event.target.closest("[role=option]");
    if (option) location.assign(option.dataset.href);
  });
}

// Copying ----------------------------------------------------------------------------------------

function copying(block) {
  if (!navigator.clipboard) return;
  const button = make("button", { type: "button", class: "copy" }, "Copy");
  const copied = block.textContent;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(copied.trim());
    button.textContent = "Copied";
    live.textContent = "Copied";
    setTimeout(() => (button.textContent = "Copy"), 2000);
  });
  if (block.localName === "dd") block.append(" ", button);
  else block.before(button);
}

// On the page of a paper, the search box has the query that led to it.
function keepQuery() {
  const box = $(".top #q");
  if (!box || box.value || !document.referrer) return;
  const from = new URL(document.referrer);
  if (isAnswer(from)) box.value = from.searchParams.get("q") ?? "";
}

// What has to be done again for new content.
function prepare() {
  for (const input of all('.find input[type="search"]:not([role])')) complete(input);
  for (const block of all("pre.cite:not(.copy + pre), dd.reference:not(:has(.copy))")) copying(block);
  prepareShelf();
}

prepare();
keepQuery();
