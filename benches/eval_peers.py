"""The peers of `snotra eval`: the same measures of the same runs by pytrec_eval or ranx, one thread.

`eval_peers.py PEER QRELS RUN...` prints how long reading and evaluating took, without the start of Python and its
imports; `eval_peers.py --version PEER` prints the version, or fails where the package is not there. Each is called the
way its documentation shows. The bench `eval` starts this; it needs `pip install pytrec-eval-terrier ranx`.
"""

import sys
import time
from importlib.metadata import version


def by_pytrec_eval(qrels, runs):
    import pytrec_eval

    yield
    asked = {"ndcg_cut.10", "map", "recip_rank", "P.10", "recall.100,1000"}
    with open(qrels) as file:
        judged = pytrec_eval.parse_qrel(file)
    evaluator = pytrec_eval.RelevanceEvaluator(judged, asked)
    for path in runs:
        with open(path) as file:
            run = pytrec_eval.parse_run(file)
        values = evaluator.evaluate(run)
        names = next(iter(values.values()))
        yield {name: sum(topic[name] for topic in values.values()) / len(values) for name in names}


def by_ranx(qrels, runs):
    import ranx

    yield
    asked = ["ndcg@10", "map", "mrr", "precision@10", "recall@100", "recall@1000"]
    judged = ranx.Qrels.from_file(qrels, kind="trec")
    for path in runs:
        yield ranx.evaluate(judged, ranx.Run.from_file(path, kind="trec"), asked)


PEERS = {"pytrec_eval": ("pytrec-eval-terrier", by_pytrec_eval), "ranx": ("ranx", by_ranx)}


def main():
    if sys.argv[1] == "--version":
        print(version(PEERS[sys.argv[2]][0]))
        return
    peer, qrels, *runs = sys.argv[1:]
    answers = PEERS[peer][1](qrels, runs)
    next(answers)
    start = time.process_time()
    figures = list(answers)
    print(f"\n{peer} without its start: {time.process_time() - start:.1f} processor seconds; the first run:")
    print(" ".join(f"{name} {value:.4f}" for name, value in figures[0].items()), end="\n\n")


main()
