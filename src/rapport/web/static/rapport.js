// What pages can do beyond links and forms. Every page works before this arrives.
"use strict";

// A filter is applied when it is changed by pointer. By keyboard a list changes with every arrow and
// a date with every digit: there its button comes out and waits, as it does for those without script.
function applyAtOnce(form) {
  let byKey = false;
  const buttons = form.querySelectorAll("[data-applies]");
  buttons.forEach((button) => { button.hidden = true; });
  form.addEventListener("keydown", () => { byKey = true; });
  form.addEventListener("pointerdown", () => { byKey = false; });
  form.addEventListener("change", (event) => {
    if (!event.target.matches("select, input[type=date], input[type=checkbox]")) return;
    if (byKey) buttons.forEach((button) => { button.hidden = false; });
    else form.requestSubmit();
  });
  form.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.target.matches("select")) { event.preventDefault(); form.requestSubmit(); }
  });
  // What is not chosen does not belong in the address.
  form.addEventListener("formdata", (event) => {
    for (const [name, value] of [...event.formData.entries()]) {
      if (value === "") event.formData.delete(name);
    }
  });
}

// Ctrl K, Cmd K or / finds a page, a customer, a measure; arrows walk through what is found.
function openPalette() {
  const palette = document.getElementById("palette");
  if (!palette || palette.open) return;
  palette.showModal();
  const words = palette.querySelector("input");
  words.select();
  words.dispatchEvent(new Event("input", { bubbles: true }));
}

function walk(event) {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step) return;
  const stops = [...event.currentTarget.querySelectorAll("input, #palette-found a")];
  const place = stops.indexOf(document.activeElement);
  event.preventDefault();
  stops[(place + step + stops.length) % stops.length].focus();
}

// What one types is kept in this browser until it has arrived, so that a session that ends loses nothing.
// It is kept for that person and address; a hidden field that tells what was seen is named in data-keeps.
function keepTyped(form) {
  const place = location.pathname + location.search + " " + (form.id || form.getAttribute("action") || "");
  const key = "typed " + (document.body.dataset.who || "") + " " + place;
  const kept = JSON.parse(sessionStorage.getItem(key) || "{}");
  const seen = form.dataset.keeps.split(" ");
  const fields = [...form.elements].filter((field) => field.name
    && !["submit", "button", "password", "file"].includes(field.type)
    && (field.type !== "hidden" || seen.includes(field.name)));
  fields.forEach((field) => {
    if (!(field.name in kept) || form.hasAttribute("data-sent")) return;
    if (field.type === "checkbox" || field.type === "radio") field.checked = kept[field.name].includes(field.value);
    else field.value = kept[field.name];
  });
  form.addEventListener("input", () => {
    const now = {};
    fields.forEach((field) => {
      if (field.type === "checkbox" || field.type === "radio") {
        now[field.name] = now[field.name] || [];
        if (field.checked) now[field.name].push(field.value);
      } else now[field.name] = field.value;
    });
    sessionStorage.setItem(key, JSON.stringify(now));
  });
  form.addEventListener("submit", () => sessionStorage.setItem("sent", key));
}

// The page that follows says whether what was sent has arrived.
function forgetSent() {
  const key = sessionStorage.getItem("sent");
  sessionStorage.removeItem("sent");
  if (key && document.querySelector("[data-forgets], .message.success")) sessionStorage.removeItem(key);
}

// Under the pointer a mark of a chart says what a screen reader hears.
function tellMarks(box) {
  const tip = document.createElement("div");
  tip.className = "tip";
  tip.hidden = true;
  tip.setAttribute("aria-hidden", "true");
  box.append(tip);
  box.addEventListener("pointermove", (event) => {
    const mark = event.target.closest("[aria-label]");
    if (!mark || mark.closest("svg") === mark) { tip.hidden = true; return; }
    tip.textContent = mark.getAttribute("aria-label");
    tip.hidden = false;
    const frame = box.getBoundingClientRect();
    const left = Math.min(event.clientX - frame.left + 12, frame.width - tip.offsetWidth - 4);
    tip.style.setProperty("left", `${Math.max(0, left) + box.scrollLeft}px`);
    tip.style.setProperty("top", `${Math.max(0, event.clientY - frame.top - tip.offsetHeight - 8)}px`);
  });
  box.addEventListener("pointerleave", () => { tip.hidden = true; });
}

// A file may be dropped on its field from anywhere in the frame around it.
function takeDrops(form) {
  const field = form.querySelector("input[type=file]");
  form.addEventListener("dragover", (event) => { event.preventDefault(); form.classList.add("over"); });
  form.addEventListener("dragleave", () => form.classList.remove("over"));
  form.addEventListener("drop", (event) => {
    form.classList.remove("over");
    if (!event.dataTransfer.files.length) return;
    event.preventDefault();
    field.files = event.dataTransfer.files;
  });
}

// What the library of passkeys would tell the console only.
function tellPasskeyTrouble(event) {
  const place = document.getElementById("passkey-trouble");
  if (!place) return;
  event.preventDefault();
  const known = { NotAllowedError: "unused", AbortError: "unused", InvalidStateError: "known" };
  place.hidden = false;
  place.textContent = place.dataset[known[event.detail.exception.name] || "elsewhere"];
  place.scrollIntoView({ block: "nearest" });
}

function begin(root) {
  root.querySelectorAll("form[data-applies-at-once]").forEach(applyAtOnce);
  root.querySelectorAll("form[data-keeps]").forEach(keepTyped);
  root.querySelectorAll("form[data-drops]").forEach(takeDrops);
  root.querySelectorAll(".chart-box").forEach(tellMarks);
  root.querySelectorAll("[data-opens]").forEach((button) => {
    button.addEventListener("click", () => {
      if (button.dataset.opens === "palette") openPalette();
      else document.getElementById(button.dataset.opens).showModal();
    });
  });
}

document.addEventListener("DOMContentLoaded", () => {
  forgetSent();
  begin(document);
  document.getElementById("palette")?.addEventListener("keydown", walk);
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest?.("input, textarea, select, [contenteditable]");
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") { event.preventDefault(); openPalette(); }
    if (event.key === "/" && !typing) { event.preventDefault(); openPalette(); }
  });
});
document.addEventListener("allauth.error", tellPasskeyTrouble);
document.addEventListener("htmx:load", (event) => { if (event.target !== document.body) begin(event.target); });
