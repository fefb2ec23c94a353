/* Shows a survey where this script stands. Put into the page:
     <script src="…/survey/snippet.js" data-survey="KEY" async></script>
   Optional: data-language, data-title; after a chat data-source, data-case, data-expires, data-signature, all four
   written by your server. Needs of your content policy: script-src and frame-src for this script's origin. */
(function () {
  "use strict";
  var script = document.currentScript;
  if (!script || !script.dataset.survey) { return; }
  var origin = new URL(script.src).origin;
  var address = new URL("/survey/snippet/" + encodeURIComponent(script.dataset.survey) + "/", origin);
  var names = { language: "lang", source: "source", "case": "case", expires: "expires", signature: "signature" };
  Object.keys(names).forEach(function (name) {
    if (script.dataset[name]) { address.searchParams.set(names[name], script.dataset[name]); }
  });
  var frame = document.createElement("iframe");
  frame.src = address.href;
  frame.title = script.dataset.title || "Survey";
  frame.width = "100%";
  frame.height = "260";
  frame.loading = "lazy";
  frame.referrerPolicy = "no-referrer";
  frame.setAttribute("frameborder", "0");
  frame.setAttribute("sandbox", "allow-forms allow-scripts allow-same-origin");
  window.addEventListener("message", function (event) {
    if (event.origin !== origin || event.source !== frame.contentWindow) { return; }
    var height = event.data && event.data.surveyHeight;
    if (typeof height === "number" && height > 0 && height < 2000) { frame.height = String(Math.ceil(height)); }
  });
  script.insertAdjacentElement("afterend", frame);
})();
