#!/usr/bin/env node
/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * z3 as npm has it, in WebAssembly: z3.js FOLDER ARGUMENT..., for `proofstats
 * run --solver`. FOLDER is where `npm install z3-solver@VERSION` was said. Of
 * z3's own arguments it knows --version, -smt2, -st, KEY=VALUE and the file.
 */
"use strict";

const fs = require("fs");
const path = require("path");

/* an old one takes the fetch of newer Nodes for that of a browser */
delete globalThis.fetch;

async function main(folder, ...words)
{
	const at = path.resolve(folder, "node_modules", "z3-solver");
	const { Z3 } = await require(at).init();
	let file, statistics = "";

	if (words.includes("--version")) {
		console.log(Z3.get_full_version());
		return;
	}
	for (const word of words) {
		const is = word.indexOf("=");

		if (word === "-st")
			statistics = "\n(get-info :all-statistics)\n";
		else if (is > 0)
			Z3.global_param_set(word.slice(0, is),
					    word.slice(is + 1));
		else if (word !== "-smt2")
			file = word;
	}
	/* whatever comes after (exit) would not be read */
	const text = fs.readFileSync(file, "utf8").replace(/\(exit\)/g, "");
	const context = Z3.mk_context(Z3.mk_config());
	const said = await Z3.eval_smtlib2_string(context, text + statistics);

	process.stdout.write(said.replace(/^WARNING.*\n/gm, ""));
}

main(...process.argv.slice(2)).then(() => process.exit(0), (e) => {
	console.log(`(error "${e.message ?? e}")`);
	process.exit(1);
});
