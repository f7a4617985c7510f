"""Makes significance.jsonl.gz: paired values and rankings with what SciPy and statsmodels say about them.

    scipy 1.17.1        ttest_rel; permutation_test (permutation_type="samples", all assignments of signs); bootstrap
                        (percentile); kendalltau (variant b)
    statsmodels 0.15.1  multipletests(method="holm")

The randomisation test of many topics cannot be enumerated; there the differences are whole steps, and the assignments of
signs that reach the mean are counted exactly, as the coefficients of a product of polynomials.

    python3 -m venv venv && venv/bin/pip install scipy==1.17.1 statsmodels==0.15.1
    venv/bin/python make_significance_vectors.py            # the same bytes each time

Each line is a case with its `kind`: "paired" (`baseline` and `system`; of `t`, `t_p`, `p`, `d_z`, `interval` those that
are known; null where SciPy has no number), "holm" (`p`, `holm`) or "kendall" (`a`, `b`, `tau`).
"""

import gzip
import json
import pathlib
import random
import warnings

import numpy
from scipy import stats
from statsmodels.stats.multitest import multipletests

SEED = 20250211


def values(rng, style, count):
    """Values such as measures have: fine ones, reciprocal ranks, precisions with many ties, counts."""
    draw = {
        "ndcg": lambda: round(rng.betavariate(1.2, 1.5), 4),
        "rr": lambda: rng.choice([0, 0, 1, 1, 1, 1 / 2, 1 / 2, 1 / 3, 1 / 4, 1 / 7]),
        "precision": lambda: rng.randint(0, 10) / 10,
        "success": lambda: rng.randint(0, 1),
        "count": lambda: rng.randint(0, 400),
    }[style]
    return [draw() for _ in range(count)]


def pair(rng, style, count):
    baseline, other = values(rng, style, count), values(rng, style, count)
    shift = rng.choice([0, 0, 0.05, 0.3]) if style == "ndcg" else 0
    same = rng.choice([0, 0.2, 0.7])
    system = [a if rng.random() < same else round(b + shift, 4) if style == "ndcg" else max(a, b) if rng.random() < 0.3
              else b for a, b in zip(baseline, other)]
    return baseline, system


def number(value):
    return float(value) if numpy.isfinite(value) else None


def t_test(baseline, system):
    """The t-test and Cohen's d; nothing where the differences are all the same but for rounding."""
    differences = numpy.subtract(system, baseline)
    if len(differences) < 2 or numpy.ptp(differences) < 1e-9:
        return {"t": None, "t_p": None, "d_z": None}
    result = stats.ttest_rel(system, baseline)
    d_z = differences.mean() / differences.std(ddof=1)
    return {"t": number(result.statistic), "t_p": number(result.pvalue), "d_z": number(d_z)}


def by_scipy(baseline, system):
    if len(baseline) == 1:
        return 1.0
    # Rounded, so that SciPy's own tolerance for ties sees those that doubles hide.
    result = stats.permutation_test(
        (numpy.array(system), numpy.array(baseline)), lambda a, b, axis: numpy.round(numpy.mean(a - b, axis=axis), 11),
        permutation_type="samples", n_resamples=numpy.inf, vectorized=True, alternative="two-sided")
    return float(min(1.0, result.pvalue))


def by_counting(baseline, system, steps):
    """The exact p-value of differences that are whole multiples of 1 / steps."""
    sizes = [abs(round((b - a) * steps)) for a, b in zip(baseline, system)]
    observed = abs(sum(round((b - a) * steps) for a, b in zip(baseline, system)))
    ways = {0: 1}
    for size in sizes:
        new = {}
        for total, count in ways.items():
            for signed in (total - size, total + size):
                new[signed] = new.get(signed, 0) + count
        ways = new
    reached = sum(count for total, count in ways.items() if abs(total) >= observed)
    return reached / 2 ** len(sizes)


def interval(baseline, system):
    result = stats.bootstrap((numpy.subtract(system, baseline),), numpy.mean, method="percentile", n_resamples=200_000,
                             batch=10_000, rng=numpy.random.default_rng(SEED))
    return [float(result.confidence_interval.low), float(result.confidence_interval.high)]


def main():
    warnings.simplefilter("ignore")
    rng = random.Random(SEED)
    cases = []
    for index in range(700):
        count = rng.choice([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13]) if index < 670 else rng.choice([14, 15, 16, 17])
        baseline, system = pair(rng, rng.choice(["ndcg", "ndcg", "rr", "precision", "success", "count"]), count)
        cases.append({"kind": "paired", "baseline": baseline, "system": system, **t_test(baseline, system),
                      "p": by_scipy(baseline, system)})
    for index in range(160):
        style, steps = rng.choice([("precision", 10), ("success", 1), ("count", 1)])
        baseline, system = pair(rng, style, rng.randint(18, 30) if index < 80 else rng.randint(60, 240))
        cases.append({"kind": "paired", "baseline": baseline, "system": system, **t_test(baseline, system),
                      "p": by_counting(baseline, system, steps)})
    for count in [20, 50, 50, 50, 100, 150, 250, 600, 2000, 5000]:
        baseline, system = pair(rng, "ndcg", count)
        case = {"kind": "paired", "baseline": baseline, "system": system, **t_test(baseline, system)}
        if count <= 600:
            case["interval"] = interval(baseline, system)
        cases.append(case)
    for _ in range(60):
        p = [rng.choice([rng.random(), rng.random() ** 4, 1.0, 0.01, 1 / 100_001]) for _ in range(rng.randint(1, 25))]
        cases.append({"kind": "holm", "p": p, "holm": multipletests(p, method="holm")[1].tolist()})
    for _ in range(120):
        count, levels = rng.randint(2, 25), rng.choice([2, 5, 1000])
        a, b = ([rng.randint(0, levels) / levels for _ in range(count)] for _ in range(2))
        b = [x if rng.random() < 0.5 else y for x, y in zip(a, b)]
        cases.append({"kind": "kendall", "a": a, "b": b, "tau": number(stats.kendalltau(a, b, variant="b").statistic)})
    text = "".join(json.dumps(case, separators=(",", ":")) + "\n" for case in cases)
    path = pathlib.Path(__file__).parent / "significance.jsonl.gz"
    with open(path, "wb") as file, gzip.GzipFile("", "wb", 9, file, mtime=0) as out:
        out.write(text.encode())
    kinds = [case["kind"] for case in cases]
    print(", ".join(f"{kinds.count(kind)} {kind}" for kind in sorted(set(kinds))))


if __name__ == "__main__":
    main()
