#!/usr/bin/env python3
"""Records what SANA-FE bills for the networks below, step by step, beside the same networks as Synfire's files.

    python3 -m venv venv && venv/bin/pip install sanafe==2.2.9
    venv/bin/python record.py

writes one folder a network, next to this file: `network.ron` and its edge lists for Synfire, and `steps.csv`, which
is what the tool did: its own architecture file `loihi.yaml`, timing model `simple`, one thread. Columns:

- `step`, from 0; `input`, the input neurons that fire in it; `fired`, the others that do: `population:neuron`.
- `updated`: neurons updated, without input neurons. `messages`, `hops`, `synapses`: of the messages of this step.
- `time_ps`: the step with its barrier. `synapse_aj`, `soma_aj`, `network_aj`: its energy, by the tool's components.

The tool adds doubles. Every price is a multiple of 0.1 pJ and every time of 0.1 ns, so each sum is one too: the number
written is the nearest multiple, and this script fails where a double is further from it than a millionth of a multiple.

Both simulators get the same numbers: potentials of 1/64, leaks of k / 4096, whole weights. Networks come from draws of
`random.Random`, whose `random()` is the same in every version of Python.
"""

import dataclasses
import pathlib
import random

VERSION = "2.2.9"
PJ_TENTH, NS_TENTH = 1e-13, 1e-10
HARDWARE = {"Dense": "loihi_dense_synapse", "Sparse": "loihi_sparse_synapse", "Shared": "loihi_conv_synapse"}


@dataclasses.dataclass
class Input:
    """Input neurons on cores, in equal shares; `fires(step, neuron)`."""

    neurons: int
    cores: list
    fires: object


@dataclasses.dataclass
class Population:
    """Neurons on cores, in equal shares. `leak` keeps so many 4096ths; `reset` is `hard` (to 0) or `soft`."""

    neurons: int
    cores: list
    threshold: float
    leak: int = 4096
    reset: str = "hard"
    bias: tuple = (0.0,)
    refractory: int = 0


@dataclasses.dataclass
class Projection:
    """`edges` are `(pre, post, weight)`; a `kernel` is `(rows, columns, kernel rows, kernel columns, stride, channels)`
    of an input of one channel, and all its taps are `weight`."""

    pre: str
    post: str
    storage: str
    edges: list = None
    kernel: tuple = None
    weight: int = 0

    def listed(self):
        if self.kernel is None:
            return self.edges
        rows, columns, high, wide, stride, channels = self.kernel
        out_rows, out_columns = (rows - high) // stride + 1, (columns - wide) // stride + 1
        return [
            ((r * stride + i) * columns + c * stride + j, (channel * out_rows + r) * out_columns + c, self.weight)
            for channel in range(channels)
            for r in range(out_rows)
            for c in range(out_columns)
            for i in range(high)
            for j in range(wide)
        ]


@dataclasses.dataclass
class Network:
    steps: int
    inputs: dict
    populations: dict
    projections: list


def shares(neurons, cores):
    """The core of each neuron: equal shares, the first ones larger by one where they cannot be equal."""
    least, more = divmod(neurons, len(cores))
    return [core for at, core in enumerate(cores) for _ in range(least + (at < more))]


# The networks


def draw(seed, first, last):
    """A function of whole numbers first..=last."""
    words = random.Random(seed)
    return lambda: first + int(words.random() * (last - first + 1))


def all_pairs(pre, post, weight):
    return [(i, j, weight()) for i in range(pre) for j in range(post)]


def some_pairs(pre, post, of_ten, seed, weight):
    keep = draw(seed, 0, 9)
    return [(i, j, weight()) for i in range(pre) for j in range(post) if keep() < of_ten]


def bursts(seed, of_ten, on, period):
    """Each input neuron fires in so many of ten steps, in the first `on` of every `period` steps."""
    words = draw(seed, 0, 9)
    fires = {}
    return lambda step, neuron: step % period < on and fires.setdefault((step, neuron), words()) < of_ten


def worked():
    """The network of docs/timing-and-energy.md, with its four steps and four more."""
    return Network(
        8,
        {"in": Input(2, [0], lambda step, neuron: step == 0)},
        {"a": Population(3, [1], 5), "b": Population(2, [17], 100), "c": Population(2, [5], 100)},
        [
            Projection("in", "a", "Dense", all_pairs(2, 3, lambda: 4)),
            Projection("a", "b", "Sparse", all_pairs(3, 2, lambda: 1)),
            Projection("a", "c", "Shared", kernel=(1, 3, 1, 2, 1, 1), weight=1),
        ],
    )


def one_tile():
    """Dense layers and sparse recurrence, leaky, in one tile; bursts, then silence until every potential is 0."""
    return Network(
        90,
        {"in": Input(6, [0], bursts(1, 4, 12, 45))},
        {"a": Population(12, [1], 7, leak=3072), "b": Population(8, [2], 9, leak=2048)},
        [
            Projection("in", "a", "Dense", all_pairs(6, 12, draw(2, 1, 5))),
            Projection("a", "b", "Dense", all_pairs(12, 8, draw(3, 1, 4))),
            Projection("a", "a", "Sparse", some_pairs(12, 12, 3, 4, draw(5, -4, -1))),
        ],
    )


def two_tiles():
    """Signed weights that cancel, a bias for every third neuron, soft reset; one source with rows of three storages in
    one core, of which it sends one message."""
    sign = draw(11, 0, 1)
    return Network(
        80,
        {"in": Input(5, [0], bursts(12, 5, 20, 40))},
        {
            "a": Population(9, [4], 6, leak=4096, reset="soft", bias=(0.5, 0.0, 0.0)),
            "b": Population(7, [5], 8, leak=3584),
            "c": Population(8, [5], 5, leak=1024),
        },
        [
            Projection("in", "a", "Dense", all_pairs(5, 9, lambda: 3 * (2 * sign() - 1))),
            Projection("a", "b", "Dense", all_pairs(9, 7, draw(13, 1, 3))),
            Projection("a", "b", "Sparse", some_pairs(9, 7, 4, 14, draw(15, -3, -1))),
            Projection("a", "c", "Shared", kernel=(3, 3, 2, 2, 1, 2), weight=2),
        ],
    )


def five_tiles():
    """A kernel, dense and sparse rows, populations and inputs cut onto cores, refractory neurons, a loop."""
    return Network(
        110,
        {"in": Input(36, [3, 0], bursts(21, 2, 8, 22)), "gate": Input(3, [0], bursts(22, 3, 110, 110))},
        {
            "maps": Population(50, [1, 18], 2, leak=2048),
            "hidden": Population(21, [40, 77, 127], 10, leak=3840, refractory=3),
            "out": Population(5, [41], 12, leak=4000, reset="soft"),
        },
        [
            Projection("in", "maps", "Shared", kernel=(6, 6, 2, 2, 1, 2), weight=1),
            Projection("maps", "hidden", "Sparse", some_pairs(50, 21, 2, 23, draw(24, 1, 7))),
            Projection("hidden", "out", "Dense", all_pairs(21, 5, draw(25, 1, 6))),
            Projection("out", "hidden", "Sparse", some_pairs(5, 21, 5, 26, draw(27, -9, -1))),
            Projection("gate", "out", "Dense", all_pairs(3, 5, draw(28, 1, 4))),
        ],
    )


def thirty_tiles():
    """Two neurons on one core of each of 30 tiles, which talk across the chip; neurons that fire by their bias alone."""
    cores = [4 * tile + tile % 4 for tile in range(1, 31)]
    return Network(
        80,
        {"in": Input(4, [cores[0]], bursts(31, 6, 10, 40))},
        {"web": Population(60, cores, 11, leak=3968, bias=(0.25,) + (0.0,) * 19)},
        [
            Projection("in", "web", "Sparse", some_pairs(4, 60, 5, 32, draw(33, 3, 8))),
            Projection("web", "web", "Sparse", some_pairs(60, 60, 1, 34, draw(35, -2, 5))),
        ],
    )


def silence():
    """Inputs that never reach a threshold, potentials below 0 and of less than a 64th, and steps in which nothing is."""
    return Network(
        60,
        {"in": Input(3, [9], lambda step, neuron: step in (5, 6, 30) and neuron != step % 2)},
        {"up": Population(4, [10], 1000, leak=3000), "down": Population(4, [11], 3, leak=1000)},
        [
            Projection("in", "up", "Dense", all_pairs(3, 4, draw(41, 1, 9))),
            Projection("in", "down", "Sparse", all_pairs(3, 4, draw(42, -9, -1))),
        ],
    )


def zeros():
    """Weights of 0, which are read and reach their neuron like any other."""
    return Network(
        40,
        {"in": Input(4, [2], bursts(51, 3, 9, 13))},
        {"dense": Population(5, [1], 3, leak=2048), "sparse": Population(5, [6], 2, leak=2048)},
        [
            Projection("in", "dense", "Dense", all_pairs(4, 5, draw(52, 0, 2))),
            Projection("in", "sparse", "Sparse", some_pairs(4, 5, 6, 53, draw(54, 0, 2))),
            Projection("dense", "sparse", "Sparse", some_pairs(5, 5, 4, 55, lambda: 0)),
        ],
    )


NETWORKS = [worked, one_tile, two_tiles, five_tiles, thirty_tiles, silence, zeros]

# The tool


def record(network):
    """A row of `steps.csv` for every step."""
    import sanafe

    arch = sanafe.load_loihi()
    cores = arch.cores()
    net = sanafe.Network()
    groups = {}
    soma_in_core = {}
    for name, described in network.inputs.items():
        group = net.create_neuron_group(name, described.neurons)
        for neuron, core in enumerate(shares(described.neurons, described.cores)):
            unit = soma_in_core[core] = soma_in_core.get(core, -1) + 1
            spikes = [int(described.fires(step, neuron)) for step in range(network.steps)]
            group[neuron].set_attributes(
                soma_hw_name=f"loihi_inputs[{unit}]", log_spikes=True, model_attributes={"spikes": spikes}
            )
            group[neuron].map_to_core(cores[core])
        groups[name] = group
    for name, described in network.populations.items():
        group = net.create_neuron_group(name, described.neurons)
        for neuron, core in enumerate(shares(described.neurons, described.cores)):
            group[neuron].set_attributes(
                soma_hw_name="loihi_lif",
                dendrite_hw_name="loihi_dendrites",
                log_spikes=True,
                model_attributes={
                    "threshold": float(described.threshold),
                    "reset_mode": described.reset,
                    "leak_decay": described.leak / 4096,
                    "input_decay": 0.0,
                    "bias": described.bias[neuron % len(described.bias)],
                    # The tool counts the step of the spike as one of them.
                    "refractory_delay": described.refractory + 1 if described.refractory else 0,
                },
            )
            group[neuron].map_to_core(cores[core])
        groups[name] = group
    for projection in network.projections:
        for post in groups[projection.post]:
            # An edge takes what its target names when it is made.
            post.set_attributes(default_synapse_hw_name=HARDWARE[projection.storage])
        for pre, post, weight in projection.listed():
            groups[projection.pre][pre].connect_to_neuron(groups[projection.post][post], {"weight": float(weight)})
    chip = sanafe.SpikingChip(arch)
    chip.load(net)
    result = chip.sim(
        network.steps,
        timing_model="simple",
        processing_threads=1,
        spike_trace=True,
        perf_trace=True,
        message_trace=True,
    )
    return [row_of(network, result, step) for step in range(network.steps)]


def row_of(network, result, step):
    perf = {key: values[step] for key, values in result["perf_trace"].items()}
    assert perf["timestep"] == step + 1 and perf["dendrite_energy"] == 0
    fired = sorted((address.group_name, address.neuron_offset) for address in result["spike_trace"][step])
    inputs = [spike for spike in fired if spike[0] in network.inputs]
    others = [spike for spike in fired if spike[0] in network.populations]
    assert len(fired) == perf["fired"]
    messages = [message for message in result["message_trace"][step] if not message["placeholder"]]
    assert sum(message["hops"] for message in messages) == perf["hops"]
    assert sum(message["spikes"] for message in messages) == perf["spikes"]
    energies = {key: whole(perf[f"{key}_energy"], PJ_TENTH) * 100_000 for key in ("synapse", "soma", "network")}
    assert whole(perf["total_energy"], PJ_TENTH) * 100_000 == sum(energies.values())
    named = lambda spikes: " ".join(f"{group}:{neuron}" for group, neuron in spikes)
    return [
        step,
        named(inputs),
        named(others),
        perf["updated"] - len(inputs),
        len(messages),
        perf["hops"],
        perf["spikes"],
        whole(perf["sim_time"], NS_TENTH) * 100,
        *energies.values(),
    ]


def whole(value, unit):
    """The nearest multiple, where the double is that multiple but for its rounding."""
    multiples = round(value / unit)
    assert abs(value / unit - multiples) < 1e-6, (value, unit)
    return multiples


# Synfire's files


def write(name, network, rows):
    folder = pathlib.Path(__file__).parent / name
    folder.mkdir(exist_ok=True)
    for old in folder.iterdir():
        old.unlink()
    inputs = [
        f'        (name: "{key}", neurons: {described.neurons}, cores: {described.cores}),'
        for key, described in network.inputs.items()
    ]
    populations = [population_text(key, described) for key, described in network.populations.items()]
    projections = [projection_text(folder, at, described) for at, described in enumerate(network.projections)]
    (folder / "network.ron").write_text(
        "\n".join(
            [
                "// Written by chip/tests/sanafe/record.py.",
                '(\n    format: "synfire-network/1",\n    inputs: [',
                *inputs,
                "    ],\n    populations: [",
                *populations,
                "    ],\n    projections: [",
                *projections,
                "    ],\n)\n",
            ]
        )
    )
    header = "step,input,fired,updated,messages,hops,synapses,time_ps,synapse_aj,soma_aj,network_aj"
    lines = [",".join(str(cell) for cell in row) for row in rows]
    about = f"# SANA-FE {VERSION}, its loihi.yaml, timing model simple; written by chip/tests/sanafe/record.py"
    (folder / "steps.csv").write_text("\n".join([about, header, *lines]) + "\n")


def population_text(name, described):
    reset = "ToValue(0.0)" if described.reset == "hard" else "SubtractNow"
    bias = ", ".join(str(value) for value in described.bias)
    refractory = f", refractory_steps: {described.refractory}, refractory: Hold" if described.refractory else ""
    return (
        f'        (name: "{name}", neurons: {described.neurons}, cores: {described.cores}, neuron: (current_decay: 0, '
        f"membrane_decay: Factor({described.leak}),\n            threshold: {described.threshold}, reset: {reset}, "
        f"bias: Cycle([{bias}]){refractory})),"
    )


def projection_text(folder, at, described):
    name = f"{at}_{described.pre}_{described.post}"
    if described.kernel is None:
        lines = [f"{pre},{post},{weight}" for pre, post, weight in described.edges]
        (folder / f"{name}.csv").write_text("\n".join(["pre,post,weight", *lines]) + "\n")
        connect = f'Edges("{name}.csv")'
    else:
        rows, columns, high, wide, stride, channels = described.kernel
        connect = (
            f"Convolution(input: (1, {rows}, {columns}), channels: {channels}, kernel: ({high}, {wide}), "
            f"stride: ({stride}, {stride})), weights: Lanes({described.weight})"
        )
    return (
        f'        (name: "{name}", from: "{described.pre}", to: "{described.post}", encoding: {described.storage}, '
        f"store: (bits: 8, fraction: 0),\n            connect: {connect}),"
    )


def main():
    import importlib.metadata

    installed = importlib.metadata.version("sanafe")
    assert installed == VERSION, f"recordings are of version {VERSION}, {installed} is installed"
    steps = 0
    for build in NETWORKS:
        network = build()
        rows = record(network)
        write(build.__name__, network, rows)
        steps += network.steps
        fired = sum(len(row[2].split()) for row in rows)
        print(f"{build.__name__}: {network.steps} steps, {fired} spikes, {sum(row[4] for row in rows)} messages")
    print(f"{steps} steps")


if __name__ == "__main__":
    main()
