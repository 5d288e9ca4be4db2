/* The bit-exact model of a chip, from C. Written by cbindgen: do not edit. */

#ifndef SYNFIRE_H
#define SYNFIRE_H

#include <stddef.h>
#include <stdint.h>

/**
 * The version of the numeric contract that this header is of: as `synfire_contract` says of the library.
 */
#define SYNFIRE_CONTRACT "1.6"

/**
 * Done; of a check: equal.
 */
#define SYNFIRE_OK 0

/**
 * A check found a difference.
 */
#define SYNFIRE_DIFFERS 1

/**
 * The handle is not that of a live model.
 */
#define SYNFIRE_NO_MODEL 2

/**
 * A pointer, text, index or value that cannot be; nothing was done.
 */
#define SYNFIRE_ARGUMENT 3

/**
 * The files, or what they describe, are refused.
 */
#define SYNFIRE_REFUSED 4

/**
 * A bug in the model. It broke off; only freeing it is left.
 */
#define SYNFIRE_FAULT 5

/**
 * Kind of `synfire_find` and `synfire_size`: an input, whose size is its channels.
 */
#define SYNFIRE_INPUT 0

/**
 * A population, whose size is its neurons.
 */
#define SYNFIRE_POPULATION 1

/**
 * A projection, whose size is its weights.
 */
#define SYNFIRE_PROJECTION 2

/**
 * Words of neurons, named by population and neuron: whether it fired, 0 or 1.
 */
#define SYNFIRE_S 0

/**
 * Current.
 */
#define SYNFIRE_I 1

/**
 * Membrane, after the step's reset.
 */
#define SYNFIRE_U 2

/**
 * Compared membrane.
 */
#define SYNFIRE_U_CMP 3

/**
 * Adaptation of the threshold; 0 where it does not adapt.
 */
#define SYNFIRE_A 4

/**
 * Third factor.
 */
#define SYNFIRE_L 5

/**
 * Words of axons, named by projection, presynaptic neuron and delay: the first trace.
 */
#define SYNFIRE_Q 6

/**
 * The second trace.
 */
#define SYNFIRE_P 7

/**
 * Words of neurons again: the dendritic sum of port 0, with the injected currents.
 */
#define SYNFIRE_D0 8

/**
 * Refractory counter.
 */
#define SYNFIRE_R 9

/**
 * Target of the channel of a readout neuron; words of neurons that a population does not have are refused.
 */
#define SYNFIRE_T 10

/**
 * Error that a readout neuron formed in this step.
 */
#define SYNFIRE_F 11

/**
 * Error of its channel that is used in this step.
 */
#define SYNFIRE_E 12

/**
 * First error trace.
 */
#define SYNFIRE_E1 13

/**
 * Second error trace.
 */
#define SYNFIRE_E2 14

/**
 * Error compartment.
 */
#define SYNFIRE_K 15

/**
 * Surrogate.
 */
#define SYNFIRE_G 16

/**
 * Spike counter.
 */
#define SYNFIRE_N 17

/**
 * Words of memories, which can be written: a weight, named by projection, presynaptic neuron, postsynaptic neuron and delay.
 */
#define SYNFIRE_WEIGHT 32

/**
 * A threshold, by population and neuron.
 */
#define SYNFIRE_THRESHOLD 33

/**
 * A bias, by population and neuron.
 */
#define SYNFIRE_BIAS 34

/**
 * A model: a number that `synfire_create` gives. 0 is none.
 */
typedef uint64_t synfire_model;

#ifdef __cplusplus
extern "C" {
#endif // __cplusplus

/**
 * The version of the numeric contract, `docs/arithmetic.md`, as `major.minor`. The text lives for ever.
 */
const char *synfire_contract(void);

/**
 * Copies the text of the calling thread's last failure, cut to `room` bytes with its zero, and returns the bytes that the
 * whole text takes with its zero. `text` may be null where `room` is 0.
 *
 * # Safety
 * `room` bytes may be written to `text`.
 */
size_t synfire_last_error(char *text,
                          size_t room);

/**
 * Makes a model of a chip file, or a preset of that name, and of a network file with the files that it names.
 *
 * # Safety
 * `chip` and `network` are texts that end with a zero byte; a handle may be written to `model`.
 */
int32_t synfire_create(const char *chip, const char *network, synfire_model *model);

/**
 * Makes a model of the text of a chip file and the text of a network file; files that they name are in `folder`. Where
 * `folder` is null they may name none.
 *
 * # Safety
 * The texts end with a zero byte; a handle may be written to `model`.
 */
int32_t synfire_create_from_texts(const char *chip,
                                  const char *network,
                                  const char *folder,
                                  synfire_model *model);

/**
 * Frees a model. Its handle is refused from then on.
 */
int32_t synfire_free(synfire_model model);

/**
 * The index of an input, a population or a projection (`kind`) by its name.
 *
 * # Safety
 * `name` is a text that ends with a zero byte; a number may be written to `index`.
 */
int32_t synfire_find(synfire_model model, uint32_t kind, const char *name, uint32_t *index);

/**
 * Channels of an input, neurons of a population or weights of a projection.
 *
 * # Safety
 * A number may be written to `size`.
 */
int32_t synfire_size(synfire_model model, uint32_t kind, uint32_t index, uint64_t *size);

/**
 * In the next step a channel of an input fires, with `count` events, 1 to 255.
 */
int32_t synfire_spike(synfire_model model, uint32_t input, uint32_t channel, uint32_t count);

/**
 * Announces, once and before the first, that no neuron of a population is injected with a current beyond `largest` in one
 * step: the sums must hold it.
 */
int32_t synfire_announce_currents(synfire_model model,
                                  uint32_t population,
                                  uint32_t largest);

/**
 * In the next step a current enters the dendritic sum of a neuron.
 */
int32_t synfire_inject(synfire_model model, uint32_t population, uint32_t neuron, int32_t current);

/**
 * Control event of the next step: registers, traces and what is under way to their reset values; weights stay. Control
 * events act in the order of their calls, before everything else of the step.
 */
int32_t synfire_clear(synfire_model model);

/**
 * Control event of the next step: the target of a channel of errors, in lanes of the membrane.
 */
int32_t synfire_target(synfire_model model, uint32_t channel, int32_t value);

/**
 * Control event of the next step: learning on (`on` not 0) or off.
 */
int32_t synfire_learn(synfire_model model, int32_t on);

/**
 * Control event of the next step: what is added to every shift of a learning rate, 0 to 255.
 */
int32_t synfire_shift_offset(synfire_model model, uint32_t offset);

/**
 * Runs one step, with everything that was given since the last.
 */
int32_t synfire_step(synfire_model model);

/**
 * The number of the next step: how many were run.
 *
 * # Safety
 * A number may be written to `step`.
 */
int32_t synfire_next_step(synfire_model model, uint64_t *step);

/**
 * Reads a word as it is after the last step. `what` is one of the numbers above; the four numbers name the
 * word, and those that it does not use are 0.
 *
 * # Safety
 * A number may be written to `value`.
 */
int32_t synfire_read(synfire_model model,
                     uint32_t what,
                     uint32_t place,
                     uint32_t index,
                     uint32_t post,
                     uint32_t delay,
                     int32_t *value);

/**
 * Writes a word of a memory by the back door: a weight, a threshold or a bias. It is used from the next step on.
 */
int32_t synfire_write(synfire_model model,
                      uint32_t what,
                      uint32_t place,
                      uint32_t index,
                      uint32_t post,
                      uint32_t delay,
                      int32_t value);

/**
 * A word of neurons, of every neuron of a population. `count` is how many there are, also
 * where `values` has no room for them; `values` may be null where `room` is 0.
 *
 * # Safety
 * `room` numbers may be written to `values`, one to `count`.
 */
int32_t synfire_read_neurons(synfire_model model,
                             uint32_t what,
                             uint32_t population,
                             int32_t *values,
                             size_t room,
                             size_t *count);

/**
 * A register of a population or a projection (`kind`) by its name in `docs/arithmetic.md`, 11.1, of everything that
 * there is one of it for, as it is after the last step; `D0` and the like, and `V`, are 0 before the first. Of a
 * population: `MW`, `ME1` and `ME2` by neuron, then channel; `Y`, `e` and `f` by group, then channel; all others by
 * neuron. Of a projection: `V`, `Q` and `P` by axon, all others by synapse, in the order of `synfire_read_weights`. As
 * `synfire_read_neurons`.
 *
 * # Safety
 * `name` is a text that ends with a zero byte; `room` numbers may be written to `values`, one to `count`.
 */
int32_t synfire_read_register(synfire_model model,
                              uint32_t kind,
                              uint32_t index,
                              const char *name,
                              int32_t *values,
                              size_t room,
                              size_t *count);

/**
 * The neurons of a population that fired in the last step, ascending; as `synfire_read_neurons`.
 *
 * # Safety
 * `room` numbers may be written to `neurons`, one to `count`.
 */
int32_t synfire_fired(synfire_model model,
                      uint32_t population,
                      uint32_t *neurons,
                      size_t room,
                      size_t *count);

/**
 * All weights of a projection: by presynaptic, then postsynaptic neuron; of listed synapses in the order of axons, then
 * postsynaptic neurons; of a shared kernel by copy, then tap. As `synfire_read_neurons`.
 *
 * # Safety
 * `room` numbers may be written to `weights`, one to `count`.
 */
int32_t synfire_read_weights(synfire_model model,
                             uint32_t projection,
                             int32_t *weights,
                             size_t room,
                             size_t *count);

/**
 * Holds what hardware retires to the model, from the next step on (`on` not 0), or no longer. Every step then has to be
 * ended by `synfire_check_end` before the next.
 */
int32_t synfire_lockstep(synfire_model model,
                         int32_t on);

/**
 * Compares one record that hardware retired in the last step: `SYNFIRE_OK` where the model has the same, `SYNFIRE_DIFFERS`
 * where it has another value, no such record in this step, or had it before. `expected`, where it is not null, gets the
 * model's value in every case in which the word exists.
 *
 * Due in a step are I, U, U_cmp, S and L of every neuron, A where thresholds adapt, Q and P of every axon of synapses that
 * learn by traces, once for each core that keeps the axon, and the new value of every weight that changed. Other words of
 * neurons are compared where their records come.
 *
 * # Safety
 * A number may be written to `expected`, or it is null.
 */
int32_t synfire_check(synfire_model model,
                      uint64_t step,
                      uint32_t what,
                      uint32_t place,
                      uint32_t index,
                      uint32_t post,
                      uint32_t delay,
                      int32_t observed,
                      int32_t *expected);

/**
 * Ends the comparison of the last step: `SYNFIRE_DIFFERS` where a record is missing. `records` gets how many were compared.
 *
 * # Safety
 * A number may be written to `records`, or it is null.
 */
int32_t synfire_check_end(synfire_model model,
                          uint64_t step,
                          uint64_t *records);

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

#endif  /* SYNFIRE_H */
