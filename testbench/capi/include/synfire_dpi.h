/* What a simulator calls for synfire_dpi.svh. Written by cbindgen: do not edit. */

#ifndef SYNFIRE_DPI_H
#define SYNFIRE_DPI_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif // __cplusplus

/**
 * The version of the numeric contract.
 */
const char *synfire_dpi_contract(void);

/**
 * The text of the calling thread's last failure, until its next one.
 */
const char *synfire_dpi_last_error(void);

/**
 * Makes a model of files.
 *
 * # Safety
 * Texts end with a zero byte and outputs may be written.
 */
int synfire_dpi_create(const char *chip, const char *network, unsigned long long *model);

/**
 * Makes a model of texts; an empty folder is none.
 *
 * # Safety
 * Texts end with a zero byte and outputs may be written.
 */
int synfire_dpi_create_from_texts(const char *chip,
                                  const char *network,
                                  const char *folder,
                                  unsigned long long *model);

/**
 * Frees a model.
 */
int synfire_dpi_free(unsigned long long model);

/**
 * The index of what has a name.
 *
 * # Safety
 * Texts end with a zero byte and outputs may be written.
 */
int synfire_dpi_find(unsigned long long model, unsigned int kind, const char *name, unsigned int *index);

/**
 * Channels, neurons or weights.
 *
 * # Safety
 * Outputs may be written.
 */
int synfire_dpi_size(unsigned long long model,
                     unsigned int kind,
                     unsigned int index,
                     unsigned long long *size);

/**
 * A channel of an input fires in the next step.
 */
int synfire_dpi_spike(unsigned long long model,
                      unsigned int from_input,
                      unsigned int channel,
                      unsigned int count);

/**
 * Announces the largest current.
 */
int synfire_dpi_announce_currents(unsigned long long model, unsigned int population, unsigned int largest);

/**
 * A current enters a dendritic sum in the next step.
 */
int synfire_dpi_inject(unsigned long long model, unsigned int population, unsigned int neuron, int current);

/**
 * Control event `clear`.
 */
int synfire_dpi_clear(unsigned long long model);

/**
 * Control event `target`.
 */
int synfire_dpi_target(unsigned long long model, unsigned int channel, int value);

/**
 * Control events `learn on` and `learn off`.
 */
int synfire_dpi_learn(unsigned long long model, int on);

/**
 * Control event `shift offset`.
 */
int synfire_dpi_shift_offset(unsigned long long model, unsigned int offset);

/**
 * Runs one step.
 */
int synfire_dpi_step(unsigned long long model);

/**
 * The number of the next step.
 *
 * # Safety
 * Outputs may be written.
 */
int synfire_dpi_next_step(unsigned long long model, unsigned long long *step);

/**
 * Reads a word.
 *
 * # Safety
 * Outputs may be written.
 */
int synfire_dpi_read(unsigned long long model,
                     unsigned int what,
                     unsigned int place,
                     unsigned int index,
                     unsigned int post,
                     unsigned int delay,
                     int *value);

/**
 * Writes a word of a memory.
 */
int synfire_dpi_write(unsigned long long model,
                      unsigned int what,
                      unsigned int place,
                      unsigned int index,
                      unsigned int post,
                      unsigned int delay,
                      int value);

/**
 * Switches lock-step.
 */
int synfire_dpi_lockstep(unsigned long long model, int on);

/**
 * Compares a record.
 *
 * # Safety
 * Outputs may be written.
 */
int synfire_dpi_check(unsigned long long model,
                      unsigned long long step,
                      unsigned int what,
                      unsigned int place,
                      unsigned int index,
                      unsigned int post,
                      unsigned int delay,
                      int observed,
                      int *expected);

/**
 * Ends the comparison of a step.
 *
 * # Safety
 * Outputs may be written.
 */
int synfire_dpi_check_end(unsigned long long model, unsigned long long step, unsigned long long *records);

/**
 * A word of the neurons `first` to `first + 15` of a population; 0 past its last.
 *
 * # Safety
 * `values` is an array of 16.
 */
int synfire_dpi_read_neurons(unsigned long long model,
                             unsigned int what,
                             unsigned int population,
                             unsigned int first,
                             int *values);

/**
 * The values `first` to `first + 15` of a register by its name; 0 past its last.
 *
 * # Safety
 * The text ends with a zero byte, `values` is an array of 16.
 */
int synfire_dpi_read_register(unsigned long long model,
                              unsigned int kind,
                              unsigned int index,
                              const char *name,
                              unsigned int first,
                              int *values);

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

#endif  /* SYNFIRE_DPI_H */
