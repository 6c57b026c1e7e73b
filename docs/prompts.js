// Keeps short code on one line, shows the prompts of console blocks without making them text, and lets the copy button of
// such a block copy its commands without their output.
(() => {
    const commandsOf = text => {
        const commands = [];
        let continues = false;
        for (const line of text.split("\n")) {
            if (line.startsWith("$ ")) commands.push(line.slice(2));
            else if (continues) commands.push(line);
            continues = (line.startsWith("$ ") || continues) && line.endsWith("\\");
        }
        return commands.join("\n");
    };

    const commands = new Map();
    for (const block of document.querySelectorAll("code.language-console")) {
        const text = block.textContent;
        if (!/^\$ /m.test(text)) continue;
        commands.set(block, commandsOf(text));
        block.replaceChildren();
        for (const line of text.split(/(?<=\n)/)) {
            if (line.startsWith("$ ")) {
                block.append(Object.assign(document.createElement("span"), { className: "prompt" }));
            }
            block.append(line.replace(/^\$ /, ""));
        }
    }

    for (const code of document.querySelectorAll(":not(pre) > code")) {
        if (code.textContent.length <= 24) code.classList.add("short");
    }

    document.addEventListener("click", event => {
        const button = event.target.closest(".clip-button");
        const block = button?.closest("pre")?.querySelector("code");
        if (!commands.has(block)) return;
        event.stopImmediatePropagation();
        navigator.clipboard.writeText(commands.get(block));
    }, true);
})();
