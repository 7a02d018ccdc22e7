// Every page: GOV.UK's own components, and drafts that survive a lost connection.
// Nothing here is needed to use a page; no HTML is ever made from text.

import { initAll } from "./govuk.js"
import { forgetDrafts, keepDrafts } from "./drafts.js"
import { takePastedPictures } from "./paste.js"
import { tellWhoWrites } from "./presence.js"
import { useReadyReplies } from "./replies.js"

initAll()
keepDrafts()
takePastedPictures()
tellWhoWrites()
useReadyReplies()

// Signing out on a shared computer leaves nothing behind.
document.querySelector("form[data-sign-out]")?.addEventListener("submit", forgetDrafts)

// A menu that is open over the page closes like any other: Escape, or a click elsewhere.
for (const switcher of document.querySelectorAll("details.desk-switch, details.desk-more")) {
  document.addEventListener("click", (event) => {
    if (!switcher.contains(event.target)) switcher.open = false
  })
  switcher.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return
    switcher.open = false
    switcher.querySelector("summary").focus()
  })
}
