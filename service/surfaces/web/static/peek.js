// Shows a source's words while the pointer rests on its number; without this module a click on the number shows them.

const REST_MS = 120; // a pointer on its way somewhere else opens nothing, and one on its way to the words closes nothing
let timer = 0;

const words = (marker) => document.getElementById(marker.getAttribute("popovertarget"));

document.addEventListener("pointerover", (event) => {
  if (event.pointerType !== "mouse") return;
  const marker = event.target.closest?.(".marker");
  clearTimeout(timer);
  if (marker) timer = setTimeout(() => open(marker), REST_MS);
  else if (!event.target.closest?.(".peek")) timer = setTimeout(close, REST_MS);
});

// A click on a number whose words are shown already leaves them there.
document.addEventListener("click", (event) => {
  const marker = event.target.closest?.(".marker");
  if (marker && words(marker)?.matches(":popover-open") && words(marker).dataset.rested) event.preventDefault();
  clearTimeout(timer);
});

function open(marker) {
  const shown = words(marker);
  if (!shown || shown.matches(":popover-open")) return;
  shown.dataset.rested = "1";
  shown.showPopover({ source: marker });
}

function close() {
  for (const shown of document.querySelectorAll(".peek:popover-open[data-rested]")) shown.hidePopover();
}

document.addEventListener("toggle", (event) => {
  if (event.newState === "closed") delete event.target.dataset.rested;
}, true);
