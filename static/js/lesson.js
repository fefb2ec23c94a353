// Beside a lesson's film: go on where this browser stopped watching. Without this file the film plays from its beginning.

const LEAST = 5; // seconds seen before it is worth going on, and left before it counts as seen

for (const film of document.querySelectorAll("video[data-film]")) {
  const key = `film:${film.dataset.film}:${film.querySelector("source").getAttribute("src")}`;
  const offer = film.parentElement.querySelector(".film__resume");
  let noted = 0;
  film.addEventListener("timeupdate", () => {
    if (Math.abs(film.currentTime - noted) < 2) return;
    noted = film.currentTime;
    remember(key, film.duration - noted < LEAST ? null : noted);
  });
  film.addEventListener("ended", () => remember(key, null));
  film.addEventListener("play", () => (offer.hidden = true));
  const stopped = Number(recall(key));
  if (stopped > LEAST) {
    const button = offer.querySelector("button");
    button.textContent = offer.dataset.label.replace("{time}", clock(stopped));
    button.addEventListener("click", () => {
      film.currentTime = stopped;
      film.play().catch(() => {}); // a browser may want a click on the player itself first
    });
    offer.hidden = false;
  }
}

function clock(seconds) {
  return `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`;
}

// A browser may refuse to keep anything: then the film simply begins anew.
function recall(key) {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

function remember(key, value) {
  try {
    if (value === null) localStorage.removeItem(key);
    else localStorage.setItem(key, value);
  } catch {
    return;
  }
}
