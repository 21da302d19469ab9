// Selects a line of the text and shows it: the one that the page was opened at, and those that findings name.
"use strict";

const text = document.getElementById("edit-text");

function select(number) {
  const whole = text.value;
  const lines = whole.split("\n");
  if (number < 1 || number > lines.length) return;
  const before = lines.slice(0, number - 1).join("\n");
  const start = before.length + (number > 1 ? 1 : 0);
  const end = start + lines[number - 1].length;
  // how far down it is, long lines wrapped: as high as the text before it alone would be
  const measure = text.cloneNode();
  measure.removeAttribute("id");
  measure.removeAttribute("name");
  measure.rows = 1;
  measure.value = before;
  measure.setAttribute("aria-hidden", "true");
  text.after(measure);
  const above = measure.scrollHeight;
  measure.remove();
  text.focus();
  text.setSelectionRange(start, end);
  text.scrollTop = Math.max(0, above - text.clientHeight / 3);
}

if (text) {
  // after the browser has gone to the line in the list below, which is for those without scripts
  window.addEventListener("load", () => { if (text.dataset.line) select(Number(text.dataset.line)); });
  document.addEventListener("click", (event) => {
    const link = event.target.closest('a[href^="#line-"]');
    if (!link) return;
    event.preventDefault();
    select(Number(link.hash.slice("#line-".length)));
  });
}
