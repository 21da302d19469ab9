// Follows a draft: when it has been looked at anew, the page takes over what is new and stays where it is.
"use strict";

const body = document.body;
const lost = document.getElementById("lost");
const changes = new EventSource("/events");

changes.onopen = () => { lost.hidden = true; };
changes.onerror = () => { lost.hidden = false; };
changes.onmessage = async ({ data }) => {
  if (data === body.dataset.number) return;
  const answer = await fetch("/");
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const id of ["state", "findings", "pages"]) {
    document.getElementById(id).replaceWith(page.getElementById(id));
  }
  document.title = page.title;
  body.dataset.number = page.body.dataset.number;
};
