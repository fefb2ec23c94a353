"use strict";

/* The run-time lies in a window above this one, as SCORM 1.2 has it. */
function findRuntime() {
  let above = window;
  for (let level = 0; level < 10 && above; level += 1) {
    if (above.API) return above.API;
    if (above.parent === above) return null;
    above = above.parent;
  }
  return null;
}

const runtime = findRuntime();
const course = {
  get: (name) => (runtime ? runtime.LMSGetValue(name) : ""),
  set: (name, value) => runtime && runtime.LMSSetValue(name, String(value)),
  save: () => runtime && runtime.LMSCommit(""),
  finish() {
    if (runtime) runtime.LMSFinish("");
  },
};
if (runtime) {
  runtime.LMSInitialize("");
  if (course.get("cmi.core.lesson_status") === "not attempted") course.set("cmi.core.lesson_status", "incomplete");
}

/* Pages that are turned: the last one read is where one goes on. */
const pages = [...document.querySelectorAll("section")];
if (pages.length) {
  let here = Math.min(Number(course.get("cmi.core.lesson_location")) || 0, pages.length - 1);
  const back = document.getElementById("back");
  const on = document.getElementById("on");
  const show = (focus) => {
    pages.forEach((page, number) => {
      page.hidden = number !== here;
    });
    back.disabled = here === 0;
    on.textContent = here === pages.length - 1 ? "Finish" : "Next";
    course.set("cmi.core.lesson_location", here);
    course.set("cmi.core.exit", "suspend");
    if (focus) pages[here].querySelector("h1").focus();
  };
  back.addEventListener("click", () => {
    here -= 1;
    show(true);
  });
  on.addEventListener("click", () => {
    if (here === pages.length - 1) {
      course.set("cmi.core.lesson_status", "completed");
      course.set("cmi.core.exit", "");
      on.disabled = true;
      course.finish();
      return;
    }
    here += 1;
    show(true);
    course.save();
  });
  show(false);
}

/* Questions: each right answer is marked in the page, and the score is the share of them. */
const check = document.getElementById("check");
if (check) {
  check.addEventListener("submit", (event) => {
    event.preventDefault();
    const questions = [...check.querySelectorAll("fieldset")];
    const right = questions.filter((question) => question.querySelector("input:checked[data-right]")).length;
    const score = Math.round((100 * right) / questions.length);
    course.set("cmi.core.score.min", 0);
    course.set("cmi.core.score.max", 100);
    course.set("cmi.core.score.raw", score);
    course.set("cmi.core.lesson_status", score >= 67 ? "passed" : "failed");
    course.save();
    document.getElementById("result").textContent = `${right} of ${questions.length} right.`;
    if (score >= 67) course.finish();
  });
}
