#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# schema.sh: --output=json against contrib/json/verdict.schema.json, by a validator that is not ours.
# Usage: tests/golden/schema.sh BUILDDIR

set -eu
cd "$(dirname "$0")/../.."

build=${1:?usage: tests/golden/schema.sh BUILDDIR}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
# shellcheck source=tests/golden/runs.sh
source tests/golden/runs.sh

# The python that knows JSON Schema, if there is one.
python=
for candidate in /usr/bin/python3 python3; do
	if [ -z "$python" ] && "$candidate" -c 'from jsonschema import Draft202012Validator' 2>/dev/null; then
		python=$candidate
	fi
done
if [ -z "$python" ]; then
	echo 'SKIPPED: schema: jsonschema for Python is not installed'
	echo 'schema: 0 passed, 0 failed, 1 skipped'
	exit
fi

runs json
# What the renderer's own test has made: several objects, hostile words.
DUMP=$scratch/runs "$build/tests/unit/test_render_json" >/dev/null

"$python" - "$scratch/runs" contrib/json/verdict.schema.json <<'END'
import glob, json, os, sys
from jsonschema import Draft202012Validator

def strictly(pairs):
    keys = [key for key, value in pairs]
    assert len(keys) == len(set(keys)), "a key twice"
    return dict(pairs)

def no_number(word):
    raise ValueError("not a number of JSON: " + word)

def described(schema, path="schema"):
    """Every key that may be there says what it means."""
    for key, part in schema.get("properties", {}).items():
        where = path + "." + key
        seen = part
        if "description" not in part and "$ref" in part:
            seen = defs[part["$ref"].split("/")[-1]]
        if "description" not in seen:
            yield where + " has no description"
        yield from described(part, where)

folder, schema = sys.argv[1:]
schema = json.load(open(schema))
defs = schema["$defs"]
Draft202012Validator.check_schema(schema)
validator = Draft202012Validator(schema)
passed, failed = 0, 0

def count(name, faults, said=""):
    global passed, failed
    if faults:
        failed += 1
        print(name + ":", *faults, said, sep="\n\t")
    else:
        passed += 1

parts = [schema] + list(defs.values())
count("the schema", [fault for part in parts for fault in described(part)])
for path in sorted(glob.glob(folder + "/*.out") + glob.glob(folder + "/*.json")):
    base = os.path.splitext(path)[0]
    raw = open(path, "rb").read()
    faults, name = [], os.path.basename(path)
    if os.path.exists(base + ".command"):
        name = open(base + ".command").read().strip()
    try:
        text = raw.decode("utf-8")
        if text.count("\n") != 1 or not text.endswith("\n"):
            faults.append("not one line")
        verdict = json.loads(text, object_pairs_hook=strictly, parse_constant=no_number)
        faults += [error.json_path + ": " + error.message for error in validator.iter_errors(verdict)]
        if os.path.exists(base + ".rc") and str(verdict["exit_code"]) != open(base + ".rc").read().strip():
            faults.append("another exit code than it says")
        if os.path.exists(base + ".err") and "-vv" not in name and os.path.getsize(base + ".err") > 0:
            faults.append("something on stderr")
    except (ValueError, AssertionError) as fault:
        faults.append(str(fault))
    count(name, faults, raw.decode("utf-8", "replace"))
if passed < 10:
    failed += 1
    print("hardly anything was there to be judged")
print("schema: %d passed, %d failed, 0 skipped" % (passed, failed))
sys.exit(failed > 0)
END
