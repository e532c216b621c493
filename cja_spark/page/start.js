// Draw every panel, by a table where its kind has no chart; follow the reader; light and dark; print with everything open.
const panels = JSON.parse(document.getElementById("panels").textContent);
panels.forEach((panel, at) => {
  const section = document.getElementById(`panel-${at + 1}`);
  (charts[panel.report] || charts.table)(section.querySelector(".chart"), panel, { title: section.querySelector("h2").textContent });
});

const links = [...document.querySelectorAll("nav a")];
function follow() {
  const line = Math.min(160, window.innerHeight * 0.35);
  const passed = links.filter((link) => document.getElementById(link.hash.slice(1)).getBoundingClientRect().top <= line);
  const atEnd = window.innerHeight + window.scrollY >= document.documentElement.scrollHeight - 4 && window.scrollY > 0;
  const current = atEnd ? links[links.length - 1] : passed[passed.length - 1] || links[0];
  links.forEach((link) => { link.classList.toggle("current", link === current); if (link === current) link.setAttribute("aria-current", "true"); else link.removeAttribute("aria-current"); });
}
document.addEventListener("scroll", follow, { passive: true });
follow();

// Arrow keys go through the list of reports; on a narrow screen it lies on its side.
const STEPS = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1, Home: -Infinity, End: Infinity };
document.querySelector("nav").addEventListener("keydown", (event) => {
  const at = links.indexOf(document.activeElement), step = STEPS[event.key];
  if (at < 0 || step === undefined) return;
  event.preventDefault();
  links[Math.max(0, Math.min(links.length - 1, at + step))].focus();
});

const theme = document.getElementById("theme");
const remembered = () => { try { return localStorage.getItem("theme"); } catch { return null; } };
const remember = (name) => { try { localStorage.setItem("theme", name); } catch { /* a page from disk may have no storage */ } };
if (["light", "dark"].includes(remembered())) document.documentElement.dataset.theme = remembered();
theme.addEventListener("click", () => {
  const now = document.documentElement.dataset.theme || (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
  document.documentElement.dataset.theme = now === "dark" ? "light" : "dark";
  remember(document.documentElement.dataset.theme);
});

let opened = [];
window.addEventListener("beforeprint", () => {
  opened = [...document.querySelectorAll("details:not([open]):not(.numbers)")];
  opened.forEach((details) => { details.open = true; });
});
window.addEventListener("afterprint", () => opened.forEach((details) => { details.open = false; }));
document.addEventListener("keydown", (event) => { if (event.key === "Escape") hideTip(); });
