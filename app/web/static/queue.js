// Dense list screens (layout_dense.html): single keys, a list that refreshes itself, ticks that are counted.
import { listenForKeys } from "./keys.js"
import { keepFresh } from "./refresh.js"
import { countTicks } from "./ticks.js"

listenForKeys()
keepFresh()
countTicks()

// Filters that nobody set have no place in the address.
document.querySelector("#filters form")?.addEventListener("formdata", (event) => {
  for (const [name, value] of [...event.formData]) if (value === "") event.formData.delete(name)
})
