// Rows that are ticked: how many, and all of a page at once.
//
//   input[data-tick]          the tick box of a row
//   input[data-tick-all]      ticks or clears them all; hidden in the markup, shown here
//   [data-ticked-count]       says how many are ticked; aria-live in the markup

export function countTicks() {
  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-tick-all]")) for (const tick of ticks()) tick.checked = event.target.checked
    if (event.target.matches("[data-tick], [data-tick-all]")) count()
  })
  document.addEventListener("deskbell:refreshed", count)
  // Also after Back, when the browser restores what was ticked.
  window.addEventListener("pageshow", count)
  // A tick that came with the page becomes one of the person's own, which a refresh leaves alone.
  for (const tick of ticks().filter((one) => one.defaultChecked)) {
    tick.defaultChecked = false
    tick.checked = true
  }
  count()
}

function ticks() {
  return [...document.querySelectorAll("[data-tick]")]
}

function count() {
  const all = ticks()
  const ticked = all.filter((tick) => tick.checked).length
  const box = document.querySelector("[data-tick-all]")
  if (box) {
    box.hidden = false
    box.checked = ticked > 0 && ticked === all.length
    box.indeterminate = ticked > 0 && ticked < all.length
  }
  const note = document.querySelector("[data-ticked-count]")
  const words = ticked ? `${ticked} ticked` : "Nothing ticked"
  if (note && note.textContent !== words) note.textContent = words
}
