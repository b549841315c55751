"""The library's layers in PyTorch: images are height, width, channels here and channels, height, width there."""
import torch
import torch.nn.functional as F
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

relu = F.relu


def dense(p, path, x):
    return x @ p[f"{path}/w"] + p[f"{path}/b"]


def pair(size):
    return size if isinstance(size, tuple) else (size, size)


def channels_first(x):
    return x.movedim(-1, 1)


def channels_last(x):
    return x.movedim(1, -1)


def padded(x, size, stride, dilation=(1, 1)):
    """Zeros for `pad: same`, in x of channels first: as many places as strides, rounded up, the larger half last."""
    around = []
    for extent, window, step, apart in reversed(list(zip(x.shape[2:], size, stride, dilation))):
        window = (window - 1) * apart + 1
        missing = max((-(-extent // step) - 1) * step + window - extent, 0)
        around += [missing // 2, missing - missing // 2]
    return F.pad(x, around)


def conv(p, path, x, stride=1, pad="valid", bias=True, groups=1, dilation=1):
    kernel = p[f"{path}/kernel"].permute(3, 2, 0, 1)
    x = channels_first(x)
    if pad == "same":
        x = padded(x, kernel.shape[2:], pair(stride), pair(dilation))
    b = p[f"{path}/b"] if bias else None
    return channels_last(F.conv2d(x, kernel, b, stride=stride, dilation=dilation, groups=groups))


def conv_transpose(p, path, x, stride=1, pad="valid", bias=True):
    """Of `same` the middle, `stride` times as large."""
    kernel = p[f"{path}/kernel"].permute(2, 3, 0, 1)
    whole = F.conv_transpose2d(channels_first(x), kernel, p[f"{path}/b"] if bias else None, stride=stride)
    if pad == "same":
        for axis, step in zip((1, 2), pair(stride)):
            size = x.shape[axis] * step
            whole = whole.narrow(axis + 1, (whole.shape[axis + 1] - size) // 2, size)
    return channels_last(whole)


def depthwise_conv(p, path, x, stride=1):
    kernel = p[f"{path}/kernel"].permute(2, 0, 1).unsqueeze(1)
    x = padded(channels_first(x), kernel.shape[2:], pair(stride))
    return channels_last(F.conv2d(x, kernel, p[f"{path}/b"], stride=stride, groups=len(kernel)))


def maxpool(x, size, stride=None):
    return channels_last(F.max_pool2d(channels_first(x), size, stride))


def avgpool(x, size, stride=None):
    return channels_last(F.avg_pool2d(channels_first(x), size, stride))


def batchnorm(p, path, x, now, momentum=0.99, epsilon=0.001):
    x = channels_first(x)
    scale, shift = p[f"{path}/scale"], p[f"{path}/shift"]
    if now.training:
        others = [axis for axis in range(x.dim()) if axis != 1]
        p[f"{path}/batches"] = p[f"{path}/batches"] + 1
        share = (1 - momentum) / (1 - momentum ** p[f"{path}/batches"])
        for name, value in (("average", x.mean(others)), ("variance", x.var(others, correction=0))):
            p[f"{path}/{name}"] = p[f"{path}/{name}"] + share * (value.detach() - p[f"{path}/{name}"])
        return channels_last(F.batch_norm(x, None, None, scale, shift, training=True, eps=epsilon))
    kept = p[f"{path}/average"], p[f"{path}/variance"]
    return channels_last(F.batch_norm(x, *kept, scale, shift, training=False, eps=epsilon))


def layernorm(p, path, x, epsilon=0.001):
    return F.layer_norm(x, x.shape[-1:], p[f"{path}/scale"], p[f"{path}/shift"], epsilon)


def groupnorm(p, path, x, groups, epsilon=0.00001):
    return channels_last(F.group_norm(channels_first(x), groups, p[f"{path}/scale"], p[f"{path}/shift"], epsilon))


def dropout(x, rate, path, now):
    return x * now.bernoulli(1 - rate, path, x) / (1 - rate) if now.training else x


def embedding(p, path, words):
    return F.embedding(words, p[f"{path}/table"])


def attention(p, path, x):
    q, k, v = (torch.einsum("btn,nak->batk", x, p[f"{path}/{name}"]) for name in ("wq", "wk", "wv"))
    return torch.einsum("batk,akn->btn", F.scaled_dot_product_attention(q, k, v), p[f"{path}/wo"])


def run(recurrent, x, states, parameters, lengths):
    """Over all places, or over as many of each example as `lengths` says: then the state stays as it is behind them."""
    start = x.new_zeros(1, len(x), states)
    pair = (start, start) if recurrent is torch.lstm else start
    if lengths is None:
        return recurrent(x, pair, parameters, True, 1, 0.0, True, False, True)[0]
    packed = pack_padded_sequence(x, lengths, batch_first=True, enforce_sorted=False)
    given = recurrent(packed.data, packed.batch_sizes, pair, parameters, True, 1, 0.0, True, False)[0]
    rows = pad_packed_sequence(packed._replace(data=given), batch_first=True, total_length=x.shape[1])[0]
    places = torch.minimum(torch.arange(x.shape[1]), lengths[:, None] - 1)
    return rows.gather(1, places[:, :, None].expand_as(rows))


def rnn(p, path, x, lengths=None):
    w, u, b = (p[f"{path}/{name}"] for name in "wub")
    return run(torch.rnn_tanh, x, len(u), [w.T, u.T, b, torch.zeros_like(b)], lengths)


def lstm(p, path, x, lengths=None):
    w, u, b = (torch.cat([p[f"{path}/{kind}{gate}"] for gate in "ifgo"], -1) for kind in "wub")
    return run(torch.lstm, x, len(u), [w.T, u.T, b, torch.zeros_like(b)], lengths)


def gru_after(p, path, x, lengths=None):
    """PyTorch's update gate says what is kept, ours what is taken: its sums have the other sign."""
    sign = {"r": 1, "z": -1, "g": 1}
    w, u, b = (torch.cat([sign[gate] * p[f"{path}/{kind}{gate}"] for gate in "rzg"], -1) for kind in "wub")
    other = torch.cat([torch.zeros_like(p[f"{path}/br"]), torch.zeros_like(p[f"{path}/bz"]), p[f"{path}/bh"]])
    return run(torch.gru, x, len(u), [w.T, u.T, b, other], lengths)


def turned(x, lengths):
    """The real places in the other order, the others as they are."""
    places = torch.arange(x.shape[1])
    order = torch.where(places < lengths[:, None], lengths[:, None] - 1 - places, places)
    return x.gather(1, order[:, :, None].expand_as(x))


def gru(p, path, x):
    """The reset gate takes from the state before it is multiplied: PyTorch's takes from the product."""
    w, u, b = ({gate: p[f"{path}/{kind}{gate}"] for gate in "zrg"} for kind in "wub")
    h, rows = x.new_zeros(len(x), len(b["z"])), []
    for s in range(x.shape[1]):
        z, r = (torch.sigmoid(x[:, s] @ w[gate] + h @ u[gate] + b[gate]) for gate in "zr")
        g = torch.tanh(x[:, s] @ w["g"] + (r * h) @ u["g"] + b["g"])
        h = (1 - z) * h + z * g
        rows.append(h)
    return torch.stack(rows, 1)
