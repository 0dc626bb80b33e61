"use strict";
(() => {
  const form = document.getElementById("answers");
  const told = document.getElementById("told");
  const who = document.getElementById("who");
  form.hidden = false;
  document.querySelectorAll("[data-item] select").forEach((reason) => {
    const box = reason.closest("[data-item]");
    box.addEventListener("change", () => {
      const chosen = box.querySelector("input:checked");
      reason.hidden = !chosen || chosen.value !== "disagree";
    });
  });
  const collect = () => {
    const answers = [];
    document.querySelectorAll("[data-item]").forEach((box) => {
      const chosen = box.querySelector("input:checked");
      if (!chosen) return;
      const reason = box.querySelector("select").value;
      answers.push({
        item_kind: box.dataset.kind,
        item_id: box.dataset.item,
        answer: chosen.value,
        reason: chosen.value === "disagree" && reason ? reason : null,
      });
    });
    return answers;
  };
  document.getElementById("save").addEventListener("click", () => {
    const answers = collect();
    const name = who.value.trim();
    if (!answers.length) { told.textContent = form.dataset.empty; return; }
    if (!/^[a-z0-9][a-z0-9_-]{1,31}$/.test(name)) { told.textContent = form.dataset.who; who.focus(); return; }
    const content = {
      schema_version: "1.0",
      report_id: form.dataset.report,
      given_by: name,
      answered_at: new Date().toISOString(),
      answers: answers,
    };
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([JSON.stringify(content, null, 2)], { type: "application/json" }));
    link.download = "feedback-" + form.dataset.report + ".json";
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
    told.textContent = form.dataset.saved;
  });
})();
