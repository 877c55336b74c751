// Keeps the page that is open up to date. Everything can be read and done without it.
(() => {
  "use strict";
  const EVERY = 60_000;
  const parser = new DOMParser();
  const status = document.getElementById("live");
  let waiting = false;
  let reading = false;

  const say = (state, text) => {
    if (!status || status.dataset.state === state) return;
    status.dataset.state = state;
    status.textContent = text;
    status.hidden = false;
  };

  // What a person has opened, typed into or stands on stays as it is.
  const isBusy = () => {
    const at = document.activeElement;
    return at && at.matches("main input, main select, main textarea");
  };

  const swap = (text) => {
    const next = parser.parseFromString(text, "text/html");
    const [from, to] = [document.querySelector("main"), next.querySelector("main")];
    if (!to) return;
    for (const open of from.querySelectorAll("details[id][open]")) {
      to.querySelector(`#${CSS.escape(open.id)}`)?.setAttribute("open", "");
    }
    if (from.innerHTML !== to.innerHTML) {
      const focused = document.activeElement?.closest("main [id], main a[href]");
      const key = focused && (focused.id ? `#${CSS.escape(focused.id)}` : `a[href="${CSS.escape(focused.getAttribute("href"))}"]`);
      const scrolled = [...from.querySelectorAll(".scroll")].map((each) => each.scrollLeft);
      from.replaceChildren(...to.childNodes);
      from.querySelectorAll(".scroll").forEach((each, n) => { each.scrollLeft = scrolled[n] ?? 0; });
      if (key) from.querySelector(key)?.focus({ preventScroll: true });
    }
    document.title = next.title;
    const [clock, now] = [document.getElementById("as-of"), next.getElementById("as-of")];
    if (clock && now) clock.replaceChildren(...now.childNodes);
  };

  const refresh = async () => {
    if (document.hidden || isBusy()) { waiting = true; return; }
    if (reading) { waiting = true; return; }
    reading = true;
    waiting = false;
    try {
      const answer = await fetch(location.href, { headers: { Accept: "text/html" }, credentials: "same-origin" });
      if (answer.redirected) { location.assign(answer.url); return; }
      if (answer.ok) { swap(await answer.text()); } else { say("off", "not live"); }
    } catch { say("off", "not live"); } finally { reading = false; }
    if (waiting) setTimeout(refresh, 1000);
  };

  const begin = () => {
    if (!status) return;
    const source = new EventSource(status.dataset.stream);
    source.addEventListener("open", () => say("on", "live"));
    source.addEventListener("changed", refresh);
    source.addEventListener("error", () => {
      say("off", "not live");
      if (source.readyState === EventSource.CLOSED) setTimeout(begin, EVERY);
    });
    addEventListener("pagehide", () => source.close(), { once: true });
  };

  addEventListener("pageshow", (event) => { if (event.persisted) { begin(); refresh(); } });
  document.addEventListener("visibilitychange", () => { if (!document.hidden && waiting) refresh(); });
  document.addEventListener("focusout", () => { if (waiting) setTimeout(refresh, 300); });
  setInterval(refresh, EVERY);
  begin();
})();
