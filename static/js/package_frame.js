/* The page around the player: a package that was closed leads back to where its results are read anew.
 *
 * It listens for one word, from the one frame, of the one origin. The word carries nothing: what was reached is asked of the server.
 */
"use strict";

(() => {
  const frame = document.getElementById("package");
  const { origin, back } = frame.dataset;
  function heard(event) {
    if (event.source !== frame.contentWindow || event.origin !== origin || event.data !== "closed") return;
    window.removeEventListener("message", heard);
    window.location.assign(back);
  }
  window.addEventListener("message", heard);
})();
