/* A content type of H5P: some questions with one right answer each, marked together. */
var Uncommon = Uncommon || {};

Uncommon.Choose = (function ($) {
  function Choose(params, id, extras) {
    H5P.EventDispatcher.call(this);
    this.tasks = params.tasks;
    this.heading = params.heading;
    this.contentId = id;
    this.chosen = ((extras && extras.previousState) || {}).chosen || [];
  }

  Choose.prototype = Object.create(H5P.EventDispatcher.prototype);
  Choose.prototype.constructor = Choose;

  Choose.prototype.attach = function ($container) {
    const self = this;
    self.setActivityStarted();
    const $form = $("<form class='choose'></form>").appendTo($container);
    $("<h1></h1>").text(self.heading).appendTo($form);
    self.tasks.forEach(function (task, at) {
      const $set = $("<fieldset></fieldset>").append($("<legend></legend>").text(task.question)).appendTo($form);
      task.answers.forEach(function (answer, number) {
        const $choice = $("<input type='radio' required>").attr("name", "task" + at).val(number);
        $choice.prop("checked", self.chosen[at] === number).on("change", function () {
          self.chosen[at] = number;
        });
        $("<label></label>").append($choice, $("<span></span>").text(answer)).appendTo($set);
      });
    });
    $("<button type='submit'>Check</button>").appendTo($form);
    const $result = $("<p class='choose__result' role='status'></p>").appendTo($form);
    $form.on("submit", function (event) {
      event.preventDefault();
      const right = self.tasks.filter((task, at) => task.right === self.chosen[at]).length;
      const all = right === self.tasks.length;
      $result.text(all ? "All right." : right + " of " + self.tasks.length + " right. Choose anew and check again.");
      self.trigger("resize");
      self.triggerXAPIScored(right, self.tasks.length, "completed", true, all);
    });
    self.trigger("resize");
  };

  Choose.prototype.getCurrentState = function () {
    return { chosen: this.chosen };
  };

  return Choose;
})(H5P.jQuery);
