"""What tables_as_people_have_them.test trains, as scikit-learn has it: the same tables, parts, fillings, nets and number of steps.
It is no part of the tests, as it needs scikit-learn and pandas. Usage: tables_in_sklearn.py FOLDER, where make_tables.py wrote.

With scikit-learn 1.9.1 and pandas 3.1.1 it printed, beside it what dnnc printed of the test part:

  passengers 0.835     binary_accuracy 0.8400
  incomes 0.8233       binary_accuracy 0.8200
  houses 0.9972        r2 0.9972

Starting values and optimizers differ, so these agree but for chance; to the last digit dnnc is compared with numpy (same_tables.py)."""
import sys
import warnings

import pandas
from sklearn.compose import make_column_transformer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, StandardScaler

warnings.simplefilter("ignore")
folder = sys.argv[1]

# passengers.dnn
table = pandas.read_csv(f"{folder}/passengers.csv", index_col=0)
train, test = table[:600], table[600:]
model = make_pipeline(
    make_column_transformer(
        (FunctionTransformer(lambda x: (x == "female").astype(float)), ["Sex"]),
        (make_pipeline(SimpleImputer(strategy="median", add_indicator=True), StandardScaler()), ["Age"]),
        (StandardScaler(), ["Fare paid"]),
        (make_pipeline(SimpleImputer(strategy="most_frequent"), OneHotEncoder()), ["Port"])),
    MLPClassifier((8,), learning_rate_init=0.01, batch_size=600, max_iter=300, n_iter_no_change=300, alpha=0,
                  random_state=0))
model.fit(train, train["Survived"])
print("passengers", model.score(test, test["Survived"]))

# incomes.dnn
table = pandas.read_csv(f"{folder}/incomes.csv", skipinitialspace=True, na_values="?")
train, test = table[:900], table[900:]
model = make_pipeline(
    make_column_transformer(
        (make_pipeline(SimpleImputer(strategy="mean"), StandardScaler()), ["age", "education", "hours"]),
        (make_pipeline(SimpleImputer(strategy="most_frequent"), OneHotEncoder(handle_unknown="ignore")), ["work"])),
    LogisticRegression(C=1e6))
model.fit(train, train["income"] == ">50K")
print("incomes", model.score(test, test["income"] == ">50K"))

# houses.dnn
table = pandas.read_csv(f"{folder}/houses.csv", sep=";", decimal=",", parse_dates=["sold"])
table["sold"] = (table["sold"] - pandas.Timestamp("1970-01-01")).dt.days
train, test = table[:480], table[480:]
model = make_pipeline(StandardScaler(), LinearRegression())
model.fit(train[["area", "2nd flr", "sold"]], train["price"])
print("houses", model.score(test[["area", "2nd flr", "sold"]], test["price"]))
