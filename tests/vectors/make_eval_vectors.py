"""Makes eval.jsonl.gz: random qrels and runs with the values that other tools give for them.

The values come from the tools that IR researchers trust, never from this project:

    pytrec_eval-terrier 0.5.11  trec_eval 9 itself, compiled: AP, Bpref, nDCG, NumRel, NumRet, P, R, Rprec, RR, Success
    ir_measures 0.4.3           gdeval.pl 1.2a: ERR and nDCG(dcg='exp-log2'); msmarco: RR@k; judged: Judged
    cwl-eval 1.0.12             RBP, through ir_measures; RBP@k from runs cut at k

Tools other than trec_eval break ties their own way, so they are given runs whose scores are n, n-1, ..., 1 in the order
that trec_eval would have them in; that this order is the right one is what the values from trec_eval check. gdeval
prints five decimals; it is run with its format widened to seventeen digits, nothing else in it is changed. Left out:
topics with nothing but negative grades, where trec_eval reads memory that it does not own.

    python3 -m venv venv && venv/bin/pip install ir_measures==0.4.3 pytrec_eval-terrier==0.5.11 cwl-eval==1.0.12
    venv/bin/python make_eval_vectors.py            # needs perl; the same bytes each time
    venv/bin/python make_eval_vectors.py --digits 17 --out FILE   # unrounded, for measuring how close the agreement is

Each line is a case: `qrels` and `run` as text (without the columns that never matter; see eval_vectors.rs), `order`
("score" or "rank"), and `expect`: for each measure the values of the topics in the order of the qrels, the aggregate
over all of them, and the aggregate over those that the run has.
"""

import argparse
import gzip
import json
import pathlib
import pkgutil
import random
import re
import subprocess
import tempfile

import ir_measures
import numpy
import pytrec_eval

CASES = 2400
SEED = 20250117
MEASURES_PER_CASE = 9

RELS = [1, 2, 3]
CUTS = [1, 3, 5, 10, 20, 100]
NAMES = (
    [f"nDCG@{k}" for k in CUTS]
    + ["nDCG", "nDCG(dcg='exp-log2')", "ERR", "NumRet", "Judged"]
    + [f"nDCG(dcg='exp-log2')@{k}" for k in (1, 5, 10, 20)]
    + [f"ERR@{k}" for k in (1, 5, 10, 20)]
    + [f"Judged@{k}" for k in (1, 5, 10, 20)]
    + [name + ("" if rel == 1 else f"(rel={rel})") for name in ("AP", "Bpref", "Rprec", "RR", "NumRel") for rel in RELS]
    + [f"NumRet(rel={rel})" for rel in RELS]
    + [f"{name}{'' if rel == 1 else f'(rel={rel})'}@{k}" for name in ("AP", "P", "R", "Success", "RR") for rel in RELS
       for k in (1, 5, 10, 100)]
    + [f"RBP({p}rel={rel}){k}" for p in ("p=0.5,", "", "p=0.95,") for rel in (1, 2) for k in ("", "@3", "@10")]
)
GDEVAL = [name for name in NAMES if name.startswith("ERR") or "exp" in name]
SUMMED = ("NumRel", "NumRet")
TREC = {
    "AP": "map", "AP@": "map_cut_", "Bpref": "bpref", "nDCG": "ndcg", "nDCG@": "ndcg_cut_", "NumRel": "num_rel",
    "NumRet": "num_ret", "P@": "P_", "R@": "recall_", "Rprec": "Rprec", "RR": "recip_rank", "Success@": "success_",
}


def split(name):
    """(family, brackets, cutoff) of a measure's name."""
    family, brackets, cutoff = re.fullmatch(r"(\w+)(?:\((.*)\))?(?:@(\d+))?", name).groups()
    return family, brackets or "", int(cutoff) if cutoff else None


def rel_of(name):
    found = re.search(r"rel=(\d+)", name)
    return int(found[1]) if found else 1


def doc_ids(rng):
    """Ids on which byte order, number order and case order differ."""
    style = rng.randrange(4)
    make = [lambda n: f"d{n}", lambda n: f"D{n:03}", lambda n: "dDæØa-z"[n % 7] + str(n), lambda n: f"{n}"][style]
    return [make(n) for n in range(rng.choice([8, 25, 60, 150]))]


def scores(rng):
    """One way to score: the ways differ in how, and how often, scores tie."""
    base = rng.choice([0.0, -3.0, 12.5])
    return rng.choice([
        lambda: rng.randrange(4),
        lambda: -rng.randrange(30),
        lambda: round(rng.random() * 20, 2),
        lambda: round(rng.random() * 30, 5),
        lambda: base + rng.randrange(6) * 1e-9,
        lambda: round(base + rng.random() * 1e-6, 8),
        lambda: 10.0 ** rng.randrange(-30, 30),
    ])


def make_case(rng):
    docs, topics = doc_ids(rng), rng.sample(range(1, 60), rng.randint(1, 4))
    high = rng.choice([1, 1, 2, 3, 4, 4, 9])
    low = rng.choice([0, 0, 0, -1, -2])
    qrels, run, score = {}, {}, scores(rng)
    for topic in topics:
        judged = rng.sample(docs, rng.randint(1, min(len(docs), rng.choice([1, 6, 30]))))
        grades = [rng.choice([rng.randint(low, high), 0, rng.randint(low, high)]) for _ in judged]
        if rng.random() < 0.12:
            grades = [min(grade, 0) for grade in grades]
        if max(grades) < 0:
            grades[0] = 0
        qrels[topic] = dict(zip(judged, grades))
    for topic in topics:
        if len(run) == 0 or rng.random() < 0.85:
            found = rng.sample(docs, rng.randint(1, min(len(docs), rng.choice([2, 8, 15, 40, 120]))))
            run[topic] = [(doc, score()) for doc in found]
            if rng.random() < 0.7:
                run[topic].sort(key=lambda row: -row[1])
    if rng.random() < 0.2:
        run[60 + rng.randrange(9)] = [(doc, score()) for doc in docs[:3]]
    order = "rank" if rng.random() < 0.1 else "score"
    ranked = {}
    for topic, rows in run.items():
        ranks = list(range(1, len(rows) + 1))
        if order == "rank":
            rng.shuffle(ranks)
        ranked[topic] = [(doc, rank, value) for (doc, value), rank in zip(rows, ranks)]
    names = [name for name in NAMES if high <= 4 or name not in GDEVAL]
    return qrels, ranked, order, rng.sample(names, MEASURES_PER_CASE)


def in_order(rows, order):
    """The documents as trec_eval ranks them: its scores are C floats, its ties go down by the bytes of the id."""
    if order == "rank":
        return [doc for doc, rank, _ in sorted(rows, key=lambda row: row[1])]
    with numpy.errstate(over="ignore"):
        rows = sorted(rows, key=lambda row: (numpy.float32(row[2]), row[0].encode()), reverse=True)
    return [doc for doc, _, _ in rows]


def trec_eval(name, qrels, run):
    family, _, cutoff = split(name)
    measure = f"{TREC[family + '@']}{cutoff}" if cutoff else TREC[family]
    if name.startswith("NumRet("):
        measure = "num_rel_ret"
    evaluator = pytrec_eval.RelevanceEvaluator(qrels, [measure], relevance_level=rel_of(name))
    return {topic: values[measure] for topic, values in evaluator.evaluate(run).items()}


def gdeval(name, qrels, run):
    family, _, cutoff = split(name)
    script = pkgutil.get_data("ir_measures", "bin/gdeval.pl")
    assert script.count(b"%.5f,%.5f") == 1
    with tempfile.TemporaryDirectory() as directory:
        path = pathlib.Path(directory)
        (path / "gdeval.pl").write_bytes(script.replace(b"%.5f,%.5f", b"%.17g,%.17g"))
        lines = (f"{topic} 0 {doc} {grade}\n" for topic, docs in qrels.items() for doc, grade in docs.items())
        (path / "qrels").write_bytes("".join(lines).encode())
        lines = (f"{topic} Q0 {doc} 1 {score} t\n" for topic, docs in run.items() for doc, score in docs.items())
        (path / "run").write_bytes("".join(lines).encode())
        command = ["perl", path / "gdeval.pl", path / "qrels", path / "run", str(cutoff or 1000)]
        rows = subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()[1:]
    values = {}
    for row in rows:
        _, topic, ndcg, err = row.split(",")
        values[topic] = float(err if family == "ERR" else ndcg)
    # gdeval is silent about topics without relevant documents; ir_measures makes that zero.
    return {topic: values.get(topic, 0.0) for topic in run}


def other(name, qrels, run):
    """The tools that ir_measures calls for what trec_eval lacks."""
    family, brackets, cutoff = split(name)
    if family == "RBP" and cutoff:
        name = f"RBP({brackets})"
        run = {topic: dict(sorted(docs.items(), key=lambda row: -row[1])[:cutoff]) for topic, docs in run.items()}
    provider = {"Judged": ir_measures.judged, "RBP": ir_measures.cwl_eval, "RR": ir_measures.msmarco}[family]
    measure = ir_measures.parse_measure(name)
    return {value.query_id: value.value for value in provider.iter_calc([measure], qrels, run)}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--out", default=pathlib.Path(__file__).parent / "eval.jsonl.gz")
    parser.add_argument("--digits", type=int, default=9)
    options = parser.parse_args()
    rng = random.Random(SEED)
    cases = [make_case(rng) for _ in range(CASES)]

    # Each tool is asked once for each measure, about all cases that ask for it, under topic numbers of their own.
    values = {}
    for name in NAMES:
        family, brackets, cutoff = split(name)
        by_trec = not (name in GDEVAL or family in ("Judged", "RBP") or (family == "RR" and cutoff))
        qrels, run = {}, {}
        for index, (case_qrels, case_run, order, names) in enumerate(cases):
            if name not in names:
                continue
            for topic, docs in case_qrels.items():
                qrels[str(index * 100 + topic)] = docs
            for topic, rows in case_run.items():
                if by_trec and order == "score":
                    docs = {doc: float(score) for doc, _, score in rows}
                else:
                    docs = {doc: float(len(rows) - place) for place, doc in enumerate(in_order(rows, order))}
                run[str(index * 100 + topic)] = docs
        tool = trec_eval if by_trec else gdeval if name in GDEVAL else other
        values[name] = tool(name, qrels, run) if qrels else {}

    lines = []
    for index, (qrels, run, order, names) in enumerate(cases):
        expect = {}
        for name in sorted(names):
            all_topics = [values[name][str(index * 100 + topic)] if topic in run else 0.0 for topic in qrels]
            present = [value for topic, value in zip(qrels, all_topics) if topic in run]
            total = (sum, sum) if name.startswith(SUMMED) else (numpy.mean, numpy.mean)
            row = all_topics + [total[0](all_topics), total[1](present)]
            row = [float(f"{value:.{options.digits}g}") for value in row]
            expect[name] = [int(value) if value == int(value) else value for value in row]
        ranks = order == "rank"
        lines.append({
            "qrels": "\n".join(f"{topic} {doc} {grade}" for topic, docs in qrels.items()
                               for doc, grade in docs.items()),
            "run": "\n".join(f"{topic} {doc} {f'{rank} ' if ranks else ''}{score!r}" for topic, rows in run.items()
                             for doc, rank, score in rows),
            "order": order,
            "expect": expect,
        })
    text = "".join(json.dumps(line, ensure_ascii=False, separators=(",", ":")) + "\n" for line in lines)
    with open(options.out, "wb") as file, gzip.GzipFile("", "wb", 9, file, mtime=0) as out:
        out.write(text.encode())
    print(f"{len(cases)} cases, {sum(len(line['expect']) for line in lines)} rows of values")


if __name__ == "__main__":
    main()
