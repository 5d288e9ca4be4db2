/* The model from C: makes it of two files, writes weights, steps it, reads spikes and membranes, and holds a second model,
 * which stands for hardware, to it in lock-step until somebody changes a weight of the second alone. */
#include "synfire.h"

#include <stdio.h>
#include <stdlib.h>

enum { CHANNELS = 2, NEURONS = 4, STEPS = 60, CHANGED_AT = 40 };

/* Ends the program where a call failed. */
static void must(int32_t status)
{
    char text[1024];
    if (status == SYNFIRE_OK) return;
    synfire_last_error(text, sizeof text);
    fprintf(stderr, "status %d: %s\n", (int)status, text);
    exit(1);
}

static synfire_model make(const char *folder)
{
    char chip[512], network[512];
    synfire_model model;
    snprintf(chip, sizeof chip, "%s/chip.ron", folder);
    snprintf(network, sizeof network, "%s/neurons.ron", folder);
    must(synfire_create(chip, network, &model));
    for (uint32_t channel = 0; channel < CHANNELS; channel++)
        for (uint32_t neuron = 0; neuron < NEURONS; neuron++)
            must(synfire_write(model, SYNFIRE_WEIGHT, 0, channel, neuron, 1, (int32_t)(10 * neuron + 7 * channel + 5)));
    return model;
}

int main(int count, char **arguments)
{
    const char *folder = count > 1 ? arguments[1] : ".";
    synfire_model model = make(folder), hardware = make(folder);
    static const uint32_t registers[] = {SYNFIRE_I, SYNFIRE_U, SYNFIRE_U_CMP, SYNFIRE_S, SYNFIRE_L};
    uint64_t compared = 0;
    size_t spikes = 0;

    printf("contract %s, header of %s\n", synfire_contract(), SYNFIRE_CONTRACT);
    must(synfire_lockstep(model, 1));
    for (uint64_t step = 0; step < STEPS; step++) {
        if (step == CHANGED_AT) must(synfire_write(hardware, SYNFIRE_WEIGHT, 0, 1, 2, 1, -3));
        for (uint32_t channel = 0; channel < CHANNELS; channel++) {
            if (step % (channel + 2) != 0) continue;
            must(synfire_spike(model, 0, channel, 1));
            must(synfire_spike(hardware, 0, channel, 1));
        }
        must(synfire_step(model));
        must(synfire_step(hardware));
        for (uint32_t neuron = 0; neuron < NEURONS; neuron++)
            for (size_t at = 0; at < sizeof registers / sizeof *registers; at++) {
                int32_t observed, expected;
                char text[256];
                must(synfire_read(hardware, registers[at], 0, neuron, 0, 0, &observed));
                if (synfire_check(model, step, registers[at], 0, neuron, 0, 0, observed, &expected) == SYNFIRE_OK) continue;
                synfire_last_error(text, sizeof text);
                printf("%zu spikes, %llu values equal, then: %s\n", spikes, (unsigned long long)compared, text);
                must(synfire_free(model));
                must(synfire_free(hardware));
                /* Channel 1 fires in step 39, and its current is there one step later. */
                return step == CHANGED_AT && neuron == 2 && registers[at] == SYNFIRE_I && spikes > 0 ? 0 : 1;
            }
        uint64_t records;
        must(synfire_check_end(model, step, &records));
        compared += records;
        uint32_t fired[NEURONS];
        size_t found;
        must(synfire_fired(model, 0, fired, NEURONS, &found));
        spikes += found;
    }
    fprintf(stderr, "a changed weight was not seen\n");
    return 1;
}
