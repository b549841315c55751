"""Trains what tables_as_people_have_them.test trains, in float64 and by nothing but numpy and the module csv, from the same
starting values: statistics, losses of the test part and answers must be those of dnnc, to the digits that it prints.

Usage: same_tables.py FOLDER NAME. The folder holds NAME.csv, NAME.start, NAME.end, NAME.evaluate and NAME.predict."""

import csv
import json
import sys
from datetime import date

import numpy as np
from safetensors.numpy import load_file

folder, name = sys.argv[1:]


def columns(separator):
    with open(f"{folder}/{name}.csv", encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file, delimiter=separator, skipinitialspace=True))
    return {header: [row[place] for row in rows[1:]] for place, header in enumerate(rows[0])}


def numbers(cells):
    return np.array([float(cell.replace(",", ".")) if cell not in ("", "?") else np.nan for cell in cells])


def filled(values, by):
    value = by(values[:train][~np.isnan(values[:train])])
    return np.where(np.isnan(values), value, values), value


def standardized(values):
    mean, deviation = values[:train].mean(), values[:train].std()
    return (values - mean) / deviation, mean, deviation


def one_hot(words, missing="", unknown=False):
    """The most frequent word of the training part stands in place of none; of those that are as frequent the first."""
    known = sorted(set(words) - {missing})
    places = {word: place + unknown for place, word in enumerate(known)}
    most = max(known, key=lambda word: (words[:train].count(word), -places[word]))
    labels = [places[most if word == missing else word] for word in words]
    return np.eye(len(known) + unknown)[labels], places[most]


def passengers():
    table = columns(",")
    age = numbers(table["Age"])
    no_age = np.isnan(age)
    age, statistics["Age.fill"] = filled(age, np.median)
    age, statistics["Age.mean"], statistics["Age.deviation"] = standardized(age)
    fare, statistics["Fare_paid.mean"], statistics["Fare_paid.deviation"] = standardized(numbers(table["Fare paid"]))
    port, statistics["Port.fill"] = one_hot(table["Port"])
    woman = np.array(table["Sex"]) == "female"
    return np.column_stack([woman, age, no_age, fare, port]), numbers(table["Survived"]), 0.01, 300


def incomes():
    table = columns(",")
    values, fills, means, deviations = [], [], [], []
    for column in ("age", "education", "hours"):
        value, fill = filled(numbers(table[column]), np.mean)
        value, mean, deviation = standardized(value)
        values.append(value), fills.append(fill), means.append(mean), deviations.append(deviation)
    statistics["features.fill"], statistics["features.mean"] = fills, means
    statistics["features.deviation"] = deviations
    work, statistics["work.fill"] = one_hot(table["work"], missing="?", unknown=True)
    return np.column_stack(values + [work]), np.array(table["income"]) == ">50K", 0.02, 200


def houses():
    table = columns(";")
    area, statistics["area.mean"], statistics["area.deviation"] = standardized(numbers(table["area"]))
    days = np.array([(date.fromisoformat(cell) - date(1970, 1, 1)).days for cell in table["sold"]], float)
    sold, statistics["sold.mean"], statistics["sold.deviation"] = standardized(days)
    price, statistics["target.mean"], statistics["target.deviation"] = standardized(numbers(table["price"]))
    return np.column_stack([area, numbers(table["2nd flr"]) / 100, sold]), price, 0.02, 300


def train_part(x, y, weights, rate, epochs):
    """Adam on the mean over all examples; hidden layers have relu. Gives what the last layer gives for all examples."""
    m, v = [np.zeros_like(w) for w in weights], [np.zeros_like(w) for w in weights]
    for t in range(1, epochs + 1):
        layers, z = forward(x[:train], weights)
        error = (1 / (1 + np.exp(-z)) - y[:train] if name != "houses" else 2 * (z - y[:train])) / train
        error = error[:, None]
        gradients = []
        for number in range(len(layers) - 1, -1, -1):
            gradients[:0] = [layers[number].T @ error, error.sum(0)]
            error = error @ weights[2 * number].T * (layers[number] > 0)
        for place, gradient in enumerate(gradients):
            m[place] = 0.9 * m[place] + 0.1 * gradient
            v[place] = 0.999 * v[place] + 0.001 * gradient**2
            step = m[place] / (1 - 0.9**t) / (np.sqrt(v[place] / (1 - 0.999**t)) + 1e-7)
            weights[place] = weights[place] - rate * step
    return forward(x, weights)[1]


def forward(x, weights):
    layers = [x]
    for place in range(0, len(weights), 2):
        z = layers[-1] @ weights[place] + weights[place + 1]
        layers.append(np.maximum(z, 0))
    return layers[:-1], z[:, 0]


statistics = {}
train = {"passengers": 600, "incomes": 900, "houses": 480}[name]
x, y, rate, epochs = globals()[name]()
y = np.asarray(y, float)
start, end = load_file(f"{folder}/{name}.start"), load_file(f"{folder}/{name}.end")
for statistic, value in statistics.items():
    # Two roundings, of the value and of what it is computed from.
    np.testing.assert_allclose(end[statistic], value, rtol=2**-22, err_msg=statistic)
tensors = sorted(path for path in start if "/dense" in path)  # b before w
weights = [start[path].astype(float) for number in range(0, len(tensors), 2) for path in tensors[number:number + 2][::-1]]
z = train_part(x, y, weights, rate, epochs)[train:]

with open(f"{folder}/{name}.evaluate", encoding="utf-8") as file:
    shown = file.read().split()
loss = np.mean(np.log1p(np.exp(z)) - y[train:] * z if name != "houses" else (z - y[train:])**2)
assert abs(float(shown[2]) - loss) <= 1e-4, (shown, loss)  # the last digit that is printed

answers = z * statistics["target.deviation"] + statistics["target.mean"] if name == "houses" else 1 / (1 + np.exp(-z))
with open(f"{folder}/{name}.predict", encoding="utf-8") as file:
    given = np.array([float(line.split()[3]) for line in file])
digits = 1e-4 if name != "houses" else 1
assert len(given) == len(z) and np.abs(given - answers).max() <= digits, np.abs(given - answers).max()
print(f"{name}: as numpy has it, {len(z)} answers")
