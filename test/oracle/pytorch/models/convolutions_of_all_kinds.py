import torch
import torch.nn.functional as F

from data import classes, made_up, numbers
from layers import channels_first, channels_last, conv, conv_transpose, dense, padded, pair
from training import Case


def grouped(p, path, x, groups, stride=1, dilation=1):
    return conv(p, path, x, stride, "same" if dilation == 1 else "valid", groups=groups, dilation=dilation)


def separable(p, path, x, stride=1, pad="valid"):
    kernel = p[f"{path}/kernel"].permute(2, 0, 1).unsqueeze(1)
    x = channels_first(x)
    if pad == "same":
        x = padded(x, kernel.shape[2:], pair(stride))
    seen = channels_last(F.conv2d(x, kernel, stride=stride, groups=len(kernel)))
    return seen @ p[f"{path}/mix"] + p[f"{path}/b"]


def squeeze_excite(p, path, x):
    weight = F.relu(dense(p, f"{path}/dense1", x.mean((1, 2))))
    return x * torch.sigmoid(dense(p, f"{path}/dense2", weight))[:, None, None]


def loss(p, x, now):
    h = torch.tanh(conv(p, "kinds/conv1", x["image"], 2, "same", dilation=(2, 3)))
    h = conv_transpose(p, "kinds/conv_transpose1", F.silu(grouped(p, "kinds/grouped_conv1", h, 2)), 2)
    h = channels_last(F.prelu(channels_first(h), p["kinds/prelu1/alpha"]))
    h = squeeze_excite(p, "kinds/squeeze_excite1", h)
    h = grouped(p, "kinds/grouped_conv2", h, 2, stride=(2, 1), dilation=2)
    h = torch.tanh(conv_transpose(p, "kinds/conv_transpose2", h, (2, 3), "same"))
    if now.training:
        h = h * now.bernoulli(0.75, "kinds/spatial_dropout1/kept", h[:, 0, 0])[:, None, None] / 0.75
    h = F.silu(separable(p, "kinds/separable_conv1", h, (1, 2), "same"))
    if now.training:
        h = h + 0.05 * now.normal("kinds/gaussian_noise1/y", h)
    h = conv_transpose(p, "kinds/conv_transpose3", separable(p, "kinds/separable_conv2", h), 3, bias=False)
    return F.cross_entropy(dense(p, "kinds/dense1", h.amax((1, 2))), x["label"])


BATCHES = made_up(3, 5, image=numbers(9, 8, 4), label=classes(3))
CASES = [Case(loss, lambda p: [torch.optim.SGD(p.values(), lr=0.05)], BATCHES)]
