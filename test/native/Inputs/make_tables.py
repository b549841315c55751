"""Writes three tables as people have them: passengers (holes, words, an index), incomes (blanks behind commas, `?`), houses
(semicolons, decimal commas, dates). What is to be told depends on the rest by rules with noise."""

import datetime
import math
import random
import sys

folder = sys.argv[1]
draw = random.Random(7)


def write(name, rows, separator):
    with open(f"{folder}/{name}", "w", encoding="utf-8") as file:
        file.writelines(separator.join(row) + "\n" for row in rows)


def yes(score):
    return draw.random() < 1 / (1 + math.exp(-score))


rows = [["", "Name", "Sex", "Age", "Fare paid", "Class", "Port", "Survived"]]
for number in range(800):
    female, age, rank = draw.random() < 0.4, draw.uniform(1, 70), draw.choice([1, 2, 3, 3])
    survived = yes(4 * female - 2 - 0.03 * (age - 35) - (rank - 2))
    rows.append([str(number), f'"Doe, Jo {number}"', "female" if female else "male",
                 "" if draw.random() < 0.2 else f"{age:.1f}", f"{60 / rank + draw.uniform(0, 9):.2f}", str(rank),
                 "" if draw.random() < 0.02 else draw.choice("CQS"), str(int(survived))])
write("passengers.csv", rows, ",")

works = ["Private", "State", "Own", "?"]
rows = [["age", "work", "education", "hours", "income"]]
for number in range(1200):
    age, years, hours, work = draw.randint(18, 70), draw.randint(4, 16), draw.randint(10, 60), draw.choice(works)
    rich = yes(0.5 * (years - 10) + 0.05 * (age - 45) + 0.1 * (hours - 40) + (work == "Own"))
    rows.append([str(age), work, str(years), "?" if draw.random() < 0.1 else str(hours), ">50K" if rich else "<=50K"])
write("incomes.csv", rows, ", ")

rows = [["Id", "2nd flr", "area", "sold", "price"]]
first = datetime.date(2010, 1, 1)
for number in range(600):
    area, upper = draw.uniform(40, 200), draw.choice([0, 0, 60, 80])
    day = draw.randrange(3650)
    price = 1500 * area + 900 * upper + 12 * day + draw.gauss(0, 5000)
    rows.append([str(number + 1), str(upper), f"{area:.1f}".replace(".", ","),
                 str(first + datetime.timedelta(days=day)), f"{price:.2f}".replace(".", ",")])
write("houses.csv", rows, ";")
