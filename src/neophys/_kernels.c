/* Loops over samples; the contract of each function stands in kernels.py, its NumPy twin in
 * _twins.py: both give the same bits.
 *
 * Only the limited API and the buffer protocol are used. Shapes, types and indices are checked
 * before memory is touched; the exporters vouch for what their shapes and strides reach.
 */
#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include <float.h>
#include <limits.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#if FLT_EVAL_METHOD != 0 || defined(__FAST_MATH__)
#error "each step must be rounded to its own type: use the NumPy twins"
#endif

#if defined(__GNUC__) && !defined(__clang__) && defined(__GLIBC__) && defined(__x86_64__) \
    && !defined(NEOPHYS_NO_CLONES)
#define CLONES __attribute__((target_clones("avx2", "default")))
#else
#define CLONES
#endif

#define SWAPPED 16 /* added to a type's code */
#define PLAIN 1    /* flags of a calibration: neither gain nor offset */
#define EXACT 2    /* float32 arithmetic gives the same bits */
#define UNIFORM 4  /* one gain and one offset for all columns */
#define GIL_FREE 32768 /* samples: below, letting go of the GIL costs more than the loop */

enum { I1, U1, I2, U2, I3, I4, U4, I8, U8, F4, F8, N_TYPES };
static const int SIZES[N_TYPES] = {1, 1, 2, 2, 3, 4, 4, 8, 8, 4, 8};

typedef Py_ssize_t Size;

/* ---- one sample, from any address, in either byte order -------------------------------- */

static inline uint16_t swap2(uint16_t v) { return (uint16_t)(v << 8 | v >> 8); }
static inline uint32_t swap4(uint32_t v)
{
    return v << 24 | (v & 0xff00u) << 8 | (v >> 8 & 0xff00u) | v >> 24;
}
static inline uint64_t swap8(uint64_t v)
{
    return (uint64_t)swap4((uint32_t)v) << 32 | swap4((uint32_t)(v >> 32));
}

#define GET(name, type) \
    static inline type get_##name(const char *p) { type v; memcpy(&v, p, sizeof v); return v; }
#define GET_SWAPPED(name, type, bits, swap) \
    static inline type get_##name##s(const char *p) \
    { bits u; type v; memcpy(&u, p, sizeof u); u = swap(u); memcpy(&v, &u, sizeof v); return v; }
#define GET_BOTH(name, type, bits, swap) GET(name, type) GET_SWAPPED(name, type, bits, swap)

GET(i1, int8_t)
GET(u1, uint8_t)
GET_BOTH(i2, int16_t, uint16_t, swap2)
GET_BOTH(u2, uint16_t, uint16_t, swap2)
GET_BOTH(i4, int32_t, uint32_t, swap4)
GET_BOTH(u4, uint32_t, uint32_t, swap4)
GET_BOTH(i8, int64_t, uint64_t, swap8)
GET_BOTH(u8, uint64_t, uint64_t, swap8)
GET_BOTH(f4, float, uint32_t, swap4)
GET_BOTH(f8, double, uint64_t, swap8)

static inline int32_t get_i3(const char *p)
{
    const unsigned char *b = (const unsigned char *)p;
    return (int32_t)(b[0] | (uint32_t)b[1] << 8 | (uint32_t)(signed char)b[2] * 65536u);
}

#define INTEGERS(X) \
    X(I1, i1, int8_t) X(U1, u1, uint8_t) X(I2, i2, int16_t) X(U2, u2, uint16_t) \
    X(I3, i3, int32_t) X(I4, i4, int32_t) X(U4, u4, uint32_t) X(I8, i8, int64_t) \
    X(U8, u8, uint64_t) X(I2 + SWAPPED, i2s, int16_t) X(U2 + SWAPPED, u2s, uint16_t) \
    X(I4 + SWAPPED, i4s, int32_t) X(U4 + SWAPPED, u4s, uint32_t) \
    X(I8 + SWAPPED, i8s, int64_t) X(U8 + SWAPPED, u8s, uint64_t)
#define FLOATS(X) \
    X(F4, f4, float) X(F8, f8, double) X(F4 + SWAPPED, f4s, float) X(F8 + SWAPPED, f8s, double)

/* ---- decode: the inner loops ----------------------------------------------------------- */

/* Samples of any type and stride to contiguous rows of float or double. */
typedef void Load(const char *src, Size outer_step, Size step, void *dst, Size outer, Size n);

#define LOAD(code, name, type) \
    static void load32_##name(const char *src, Size so, Size s, void *dst, Size outer, Size n) \
    { \
        float *d = dst; \
        for (Size o = 0; o < outer; o++, src += so, d += n) \
            for (Size i = 0; i < n; i++) d[i] = (float)get_##name(src + i * s); \
    } \
    static void load64_##name(const char *src, Size so, Size s, void *dst, Size outer, Size n) \
    { \
        double *d = dst; \
        for (Size o = 0; o < outer; o++, src += so, d += n) \
            for (Size i = 0; i < n; i++) d[i] = (double)get_##name(src + i * s); \
    }
INTEGERS(LOAD)
FLOATS(LOAD)

#define LOAD32_ENTRY(code, name, type) [code] = load32_##name,
#define LOAD64_ENTRY(code, name, type) [code] = load64_##name,
static Load *const LOADS32[2 * SWAPPED] = {INTEGERS(LOAD32_ENTRY) FLOATS(LOAD32_ENTRY)};
static Load *const LOADS64[2 * SWAPPED] = {INTEGERS(LOAD64_ENTRY) FLOATS(LOAD64_ENTRY)};

/* Rows of contiguous samples to rows of contiguous values. The gain belongs to the inner index
 * ("vec") or to the outer one ("one"). */
typedef void Run(const char *src, Size so, char *dst, Size d_o, Size outer, Size n,
                 const void *gain, const void *offset);

#define LOOP(fn, name, size, D, G, prepare, value) \
    CLONES static void fn##_##name(const char *restrict src, Size so, char *restrict dst, \
                                   Size d_o, Size outer, Size n, const void *restrict gain, \
                                   const void *restrict offset) \
    { \
        const G *restrict g = gain, *restrict b = offset; \
        for (Size o = 0; o < outer; o++, src += so, dst += d_o) { \
            D *restrict d = (D *)dst; \
            prepare; \
            for (Size i = 0; i < n; i++) { \
                const D x = (D)get_##name(src + i * size); \
                d[i] = value; \
            } \
        } \
    }
#define OUTER(G) const G g0 = g[o], b0 = b[o]
#define ROUNDED(x, g, b) (float)((double)(float)((double)x * g) + b)

#define LOOPS32(name, size) \
    LOOP(plain32, name, size, float, float, (void)g; (void)b, x) \
    LOOP(exact_vec, name, size, float, float, , x * g[i] + b[i]) \
    LOOP(exact_one, name, size, float, float, OUTER(float), x * g0 + b0) \
    LOOP(rounded_vec, name, size, float, double, , ROUNDED(x, g[i], b[i])) \
    LOOP(rounded_one, name, size, float, double, OUTER(double), ROUNDED(x, g0, b0))
#define LOOPS64(name, size) \
    LOOP(plain64, name, size, double, double, (void)g; (void)b, x) \
    LOOP(vec64, name, size, double, double, , x * g[i] + b[i]) \
    LOOP(one64, name, size, double, double, OUTER(double), x * g0 + b0)

#define FUSED(X) X(I1, i1, 1) X(U1, u1, 1) X(I2, i2, 2) X(U2, u2, 2) X(I3, i3, 3) X(I4, i4, 4) \
    X(F4, f4, 4)
#define DEFINE(code, name, size) LOOPS32(name, size) LOOPS64(name, size)
FUSED(DEFINE)
LOOPS64(f8, 8)

/* [arithmetic][gain by the outer index] */
typedef struct { Run *plain, *exact[2], *rounded[2], *plain64, *wide[2]; } Runs;
#define RUNS_ENTRY(code, name, size) \
    [code] = {plain32_##name, {exact_vec_##name, exact_one_##name}, \
              {rounded_vec_##name, rounded_one_##name}, plain64_##name, \
              {vec64_##name, one64_##name}},
static const Runs RUNS[2 * SWAPPED] = {
    FUSED(RUNS_ENTRY)
    [F8] = {NULL, {NULL, NULL}, {NULL, NULL}, plain64_f8, {vec64_f8, one64_f8}},
};

static Run *pick_run(int code, int wide, int flags, int by_outer)
{
    const Runs *runs = &RUNS[code];
    if (wide)
        return flags & PLAIN ? runs->plain64 : runs->wide[by_outer];
    if (flags & PLAIN)
        return runs->plain;
    return flags & EXACT ? runs->exact[by_outer] : runs->rounded[by_outer];
}

/* ---- decode: which loop for which strides ---------------------------------------------- */

typedef struct {
    char *at;
    Size n[3], step[3];
    int code, size;
} Block;

typedef struct { const char *gain, *offset; int flags, size; } Scale;

#define TILE_IN 64
#define TILE_OUT 16

/* Whatever the strides: by tiles, along the samples that lie closest together on disk. */
static void decode_tiles(const Block *raw, const Block *out, const Scale *scale, int wide)
{
    double loaded[TILE_IN * TILE_OUT], done[TILE_IN * TILE_OUT];
    const int by_time = Py_ABS(raw->step[1]) < Py_ABS(raw->step[2]);
    const int inner = by_time ? 1 : 2, outer = by_time ? 2 : 1;
    const Size rs = raw->step[inner], ro = raw->step[outer];
    const Size os = out->step[inner], oo = out->step[outer];
    Run *run = pick_run(raw->code, wide, scale->flags, by_time);
    Load *load = NULL;
    if (!run || rs != raw->size) {
        load = (wide ? LOADS64 : LOADS32)[raw->code];
        run = pick_run(wide ? F8 : F4, wide, scale->flags, by_time);
    }
    for (Size o = 0; o < out->n[outer]; o += TILE_OUT) {
        const Size no = Py_MIN(TILE_OUT, out->n[outer] - o);
        for (Size i = 0; i < out->n[inner]; i += TILE_IN) {
            const Size ni = Py_MIN(TILE_IN, out->n[inner] - i);
            const Size column = (by_time ? o : i) * scale->size;
            const char *src = raw->at + o * ro + i * rs;
            Size so = ro;
            char *dst = out->at + o * oo + i * os;
            if (load) {
                load(src, so, rs, loaded, no, ni);
                src = (const char *)loaded;
                so = ni * out->size;
            }
            if (os == out->size) {
                run(src, so, dst, oo, no, ni, scale->gain + column, scale->offset + column);
                continue;
            }
            run(src, so, (char *)done, ni * out->size, no, ni, scale->gain + column,
                scale->offset + column);
            for (Size k = 0; k < ni; k++, dst += os) {
                if (wide)
                    for (Size j = 0; j < no; j++)
                        *(double *)(dst + j * oo) = done[j * ni + k];
                else
                    for (Size j = 0; j < no; j++)
                        *(float *)(dst + j * oo) = ((float *)done)[j * ni + k];
            }
        }
    }
}

/* One record: out->n[1] rows of out->n[2] columns. */
static void decode_plane(const Block *raw, const Block *out, const Scale *scale, int wide)
{
    const Size rows = out->n[1], columns = out->n[2];
    const Size rt = raw->step[1], rc = raw->step[2], ot = out->step[1], oc = out->step[2];
    const int rows_packed = rt == raw->size && ot == out->size;
    Run *by_outer = pick_run(raw->code, wide, scale->flags, 1);
    if (by_outer && rc == raw->size && oc == out->size && !(rows_packed && columns < 8)) {
        if (scale->flags & (UNIFORM | PLAIN) && rt == columns * rc && ot == columns * oc)
            by_outer(raw->at, 0, out->at, 0, 1, rows * columns, scale->gain, scale->offset);
        else
            pick_run(raw->code, wide, scale->flags, 0)(raw->at, rt, out->at, ot, rows, columns,
                                                       scale->gain, scale->offset);
    } else if (by_outer && rows_packed) {
        by_outer(raw->at, rc, out->at, oc, columns, rows, scale->gain, scale->offset);
    } else {
        decode_tiles(raw, out, scale, wide);
    }
}

static void decode_block(Block *raw, Block *out, const Scale *scale)
{
    const int wide = out->size == 8;
    Size records = out->n[0];
    if (!records || !out->n[1] || !out->n[2])
        return;
    if (out->n[1] == 1 || (raw->step[0] == out->n[1] * raw->step[1]
                           && out->step[0] == out->n[1] * out->step[1])) {
        /* Records follow each other without a seam: one long record. */
        if (out->n[1] == 1) {
            raw->step[1] = raw->step[0];
            out->step[1] = out->step[0];
        }
        raw->n[1] = out->n[1] = out->n[1] * records;
        records = 1;
    }
    for (Size r = 0; r < records; r++) {
        decode_plane(raw, out, scale, wide);
        raw->at += raw->step[0];
        out->at += out->step[0];
    }
}

/* ---- add_windows, minmax ---------------------------------------------------------------- */

typedef void Add(const char *src, Size s, char *dst, Size d, Size n);

#define ADD_LOOP(code, name, A, W) \
    CLONES static void add_##name(const char *restrict src, Size s, char *restrict dst, Size d, \
                                  Size n) \
    { \
        if (s == SIZES[(code) % SWAPPED] && d == 8) { \
            W *restrict total = (W *)dst; \
            for (Size i = 0; i < n; i++) \
                total[i] += (W)(A)get_##name(src + i * SIZES[(code) % SWAPPED]); \
            return; \
        } \
        for (Size i = 0; i < n; i++) \
            *(W *)(dst + i * d) += (W)(A)get_##name(src + i * s); \
    }
/* Unsigned addition wraps as NumPy's does, where a signed overflow would be undefined. */
#define ADD_INTEGER(code, name, type) ADD_LOOP(code, name, int64_t, uint64_t)
#define ADD_FLOAT(code, name, type) ADD_LOOP(code, name, double, double)
INTEGERS(ADD_INTEGER)
FLOATS(ADD_FLOAT)
#define ADD_ENTRY(code, name, type) [code] = add_##name,
static Add *const ADDS[2 * SWAPPED] = {INTEGERS(ADD_ENTRY) FLOATS(ADD_ENTRY)};

/* least[i], most[i]: of column i; rows of n columns. */
typedef void Extremes(const Block *raw, void *least, void *most);

#define MINMAX(code, name, type, LOW, HIGH) \
    CLONES static void minmax_##name(const Block *raw, void *least, void *most) \
    { \
        type *restrict low = least, *restrict high = most; \
        const Size n = raw->n[2], rows = raw->n[1], rt = raw->step[1], rc = raw->step[2]; \
        for (Size c = 0; c < n; c++) { low[c] = HIGH; high[c] = LOW; } \
        for (Size r = 0; r < raw->n[0]; r++) { \
            const char *plane = raw->at + r * raw->step[0]; \
            if (Py_ABS(rt) < Py_ABS(rc)) { \
                for (Size c = 0; c < n; c++) { \
                    type a = low[c], b = high[c]; \
                    for (Size t = 0; t < rows; t++) { \
                        const type v = (type)get_##name(plane + c * rc + t * rt); \
                        a = v < a ? v : a; \
                        b = v > b ? v : b; \
                    } \
                    low[c] = a; \
                    high[c] = b; \
                } \
                continue; \
            } \
            for (Size t = 0; t < rows; t++) { \
                const char *row = plane + t * rt; \
                for (Size c = 0; c < n; c++) { \
                    const type v = (type)get_##name(row + c * rc); \
                    low[c] = v < low[c] ? v : low[c]; \
                    high[c] = v > high[c] ? v : high[c]; \
                } \
            } \
        } \
    }
#define FLOAT_ENDS(name, type) \
    static void finish_##name(type *low, type *high, Size n) \
    { \
        for (Size c = 0; c < n; c++) \
            if (low[c] > high[c]) low[c] = high[c] = (type)NAN; /* nothing but NaNs */ \
            else { low[c] += (type)0; high[c] += (type)0; } /* -0 + 0 is +0 */ \
    }
MINMAX(I1, i1, int8_t, INT8_MIN, INT8_MAX)
MINMAX(U1, u1, uint8_t, 0, UINT8_MAX)
#define MINMAX_BOTH(code, name, type, LOW, HIGH) \
    MINMAX(code, name, type, LOW, HIGH) MINMAX(code + SWAPPED, name##s, type, LOW, HIGH)
MINMAX_BOTH(I2, i2, int16_t, INT16_MIN, INT16_MAX)
MINMAX_BOTH(U2, u2, uint16_t, 0, UINT16_MAX)
MINMAX(I3, i3, int32_t, INT32_MIN, INT32_MAX)
MINMAX_BOTH(I4, i4, int32_t, INT32_MIN, INT32_MAX)
MINMAX_BOTH(U4, u4, uint32_t, 0, UINT32_MAX)
MINMAX_BOTH(I8, i8, int64_t, INT64_MIN, INT64_MAX)
MINMAX_BOTH(U8, u8, uint64_t, 0, UINT64_MAX)
MINMAX_BOTH(F4, f4, float, -INFINITY, INFINITY)
MINMAX_BOTH(F8, f8, double, -(double)INFINITY, (double)INFINITY)
FLOAT_ENDS(f4, float)
FLOAT_ENDS(f8, double)
#define MINMAX_ENTRY(code, name, type) [code] = minmax_##name,
static Extremes *const EXTREMES[2 * SWAPPED] = {INTEGERS(MINMAX_ENTRY) FLOATS(MINMAX_ENTRY)};

/* ---- arguments --------------------------------------------------------------------------- */

/* The code of a buffer's items, or -1. NumPy writes V3 as "3x" and unaligned items with '='. */
static int type_code(const Py_buffer *view)
{
    const uint16_t one = 1;
    const int big_host = *(const unsigned char *)&one == 0;
    const char *f = view->format ? view->format : "B";
    int swapped = 0, code = -1;
    if (*f && strchr("@=^<>!", *f)) {
        swapped = *f == '<' ? big_host : *f == '>' || *f == '!' ? !big_host : 0;
        f++;
    }
    if (strcmp(f, "3x") == 0 && view->itemsize == 3)
        return I3;
    if (!f[0] || f[1])
        return -1;
    if (strchr("bhilqn", *f))
        code = view->itemsize == 1 ? I1 : view->itemsize == 2 ? I2 : view->itemsize == 4 ? I4 : I8;
    else if (strchr("BHILQN", *f))
        code = view->itemsize == 1 ? U1 : view->itemsize == 2 ? U2 : view->itemsize == 4 ? U4 : U8;
    else if (strchr("fd", *f))
        code = view->itemsize == 4 ? F4 : F8;
    if (code < 0 || SIZES[code] != view->itemsize)
        return -1;
    return code + (swapped && view->itemsize > 1 ? SWAPPED : 0);
}

/* Fill block from an object of `ndim` dimensions, the last ones of block; -1 with an exception. */
static int get_block(PyObject *object, Py_buffer *view, Block *block, int ndim, int writable)
{
    if (PyObject_GetBuffer(object, view, writable ? PyBUF_RECORDS : PyBUF_RECORDS_RO) < 0)
        return -1;
    if (view->ndim != ndim) {
        PyErr_Format(PyExc_ValueError, "%d dimensions, not %d", view->ndim, ndim);
        PyBuffer_Release(view);
        return -1;
    }
    block->at = view->buf;
    block->size = (int)view->itemsize;
    block->code = type_code(view);
    for (int i = 0; i < 3; i++) {
        const int k = i - (3 - ndim);
        block->n[i] = k < 0 ? 1 : view->shape[k];
        block->step[i] = k < 0 ? 0 : view->strides[k];
    }
    return 0;
}

static int count_is(Size n, Size wanted, const char *name)
{
    if (n == wanted)
        return 1;
    PyErr_Format(PyExc_TypeError, "%s takes %zd arguments, not %zd", name, wanted, n);
    return 0;
}

static int same_shape(const Block *a, const Block *b)
{
    if (a->n[0] == b->n[0] && a->n[1] == b->n[1] && a->n[2] == b->n[2])
        return 1;
    PyErr_Format(PyExc_ValueError, "raw is (%zd, %zd, %zd), out (%zd, %zd, %zd)", a->n[0], a->n[1],
                 a->n[2], b->n[0], b->n[1], b->n[2]);
    return 0;
}

/* Aligned and native: written by plain stores. */
static int is_out(const Block *block, int code)
{
    uintptr_t places = (uintptr_t)block->at;
    for (int i = 0; i < 3; i++)
        places |= block->n[i] > 1 ? (uintptr_t)block->step[i] : 0;
    if (block->code == code && places % (uintptr_t)block->size == 0)
        return 1;
    PyErr_SetString(PyExc_TypeError, "out must be native and aligned, of the type documented");
    return 0;
}

static int is_raw(const Block *block)
{
    if (block->code >= 0)
        return 1;
    PyErr_SetString(PyExc_TypeError, "no samples of this type");
    return 0;
}

/* The part of a calibration's table (float64 gains and offsets, float32 ones) that is needed. */
static int get_scale(PyObject *table, PyObject *flags, const Block *out, Scale *scale)
{
    char *at;
    Size length;
    const Size columns = out->n[2];
    const long bits = PyLong_AsLong(flags);
    if (PyErr_Occurred() || PyBytes_AsStringAndSize(table, &at, &length) < 0)
        return 0;
    if (length % 24 || length / 24 != columns) {
        PyErr_Format(PyExc_ValueError, "%zd columns, a calibration of %zd", columns, length / 24);
        return 0;
    }
    const int narrow = out->size == 4 && bits & EXACT;
    scale->flags = (int)bits;
    scale->size = narrow ? 4 : 8;
    scale->gain = at + (narrow ? 16 * columns : 0);
    scale->offset = scale->gain + scale->size * columns;
    return 1;
}

static PyObject *run_decode(Block *raw, Block *out, PyObject *table, PyObject *flags)
{
    Scale scale;
    if (!is_raw(raw) || !same_shape(raw, out) || !is_out(out, out->size == 4 ? F4 : F8)
        || !get_scale(table, flags, out, &scale))
        return NULL;
    if (out->n[2] && out->n[0] * out->n[1] > GIL_FREE / out->n[2]) {
        Py_BEGIN_ALLOW_THREADS
        decode_block(raw, out, &scale);
        Py_END_ALLOW_THREADS
    } else {
        decode_block(raw, out, &scale);
    }
    return Py_NewRef(Py_None);
}

/* ---- the functions ------------------------------------------------------------------------ */

static PyObject *py_decode(PyObject *Py_UNUSED(self), PyObject *const *args, Size n_args)
{
    Py_buffer raw_view, out_view;
    Block raw, out;
    if (!count_is(n_args, 4, "decode") || get_block(args[0], &raw_view, &raw, 3, 0) < 0)
        return NULL;
    PyObject *result = NULL;
    if (get_block(args[1], &out_view, &out, 3, 1) == 0) {
        result = run_decode(&raw, &out, args[2], args[3]);
        PyBuffer_Release(&out_view);
    }
    PyBuffer_Release(&raw_view);
    return result;
}

static PyObject *py_decode_bytes(PyObject *Py_UNUSED(self), PyObject *const *args, Size n_args)
{
    Py_buffer data, out_view;
    Block raw, out;
    if (!count_is(n_args, 5, "decode_bytes"))
        return NULL;
    const long code = PyLong_AsLong(args[1]);
    if (PyErr_Occurred() || PyObject_GetBuffer(args[0], &data, PyBUF_SIMPLE) < 0)
        return NULL;
    PyObject *result = NULL;
    if (get_block(args[2], &out_view, &out, 2, 1) == 0) {
        const Size rows = out.n[1], columns = out.n[2];
        raw = out;
        raw.code = code >= 0 && code < 2 * SWAPPED && LOADS32[code] ? (int)code : -1;
        if (is_raw(&raw)) {
            raw.at = data.buf;
            raw.size = SIZES[code % SWAPPED];
            raw.step[2] = raw.size;
            raw.step[1] = columns * raw.size;
            raw.step[0] = 0;
            /* Divided, since a strided view may claim more samples than there is memory. */
            if (data.len % raw.size || (rows && data.len / raw.size / rows != columns)
                || data.len / raw.size != rows * columns)
                PyErr_Format(PyExc_ValueError, "%zd bytes do not fill (%zd, %zd)", data.len, rows,
                             columns);
            else
                result = run_decode(&raw, &out, args[3], args[4]);
        }
        PyBuffer_Release(&out_view);
    }
    PyBuffer_Release(&data);
    return result;
}

static PyObject *py_add_windows(PyObject *Py_UNUSED(self), PyObject *const *args, Size n_args)
{
    Py_buffer raw_view, total_view;
    Block raw, total;
    if (!count_is(n_args, 2, "add_windows") || get_block(args[0], &raw_view, &raw, 3, 0) < 0)
        return NULL;
    PyObject *result = NULL;
    if (get_block(args[1], &total_view, &total, 3, 1) == 0) {
        if (is_raw(&raw) && is_out(&total, raw.code % SWAPPED >= F4 ? F8 : I8)
            && same_shape(&raw, &total)) {
            Add *add = ADDS[raw.code];
            const int inner = Py_ABS(raw.step[1]) < Py_ABS(raw.step[2]) ? 1 : 2, outer = 3 - inner;
            Py_BEGIN_ALLOW_THREADS
            for (Size r = 0; r < raw.n[0]; r++)
                for (Size o = 0; o < raw.n[outer]; o++)
                    add(raw.at + r * raw.step[0] + o * raw.step[outer], raw.step[inner],
                        total.at + r * total.step[0] + o * total.step[outer], total.step[inner],
                        raw.n[inner]);
            Py_END_ALLOW_THREADS
            result = Py_NewRef(Py_None);
        }
        PyBuffer_Release(&total_view);
    }
    PyBuffer_Release(&raw_view);
    return result;
}

static PyObject *run_minmax(const Block *raw, const Block *low, const Block *high)
{
    const Size n = raw->n[2];
    const int native = raw->code % SWAPPED == I3 ? I4 : raw->code % SWAPPED;
    if (!is_raw(raw) || !is_out(low, native) || !is_out(high, native))
        return NULL;
    if (low->n[2] != n || high->n[2] != n || !raw->n[0] || !raw->n[1]) {
        PyErr_SetString(PyExc_ValueError, "one value a column, of at least one sample each");
        return NULL;
    }
    char *found = n <= PY_SSIZE_T_MAX / 16 ? malloc((size_t)n * 16 + 1) : NULL;
    if (!found)
        return PyErr_NoMemory();
    char *most = found + n * 8;
    Py_BEGIN_ALLOW_THREADS
    EXTREMES[raw->code](raw, found, most);
    if (native == F4)
        finish_f4((float *)found, (float *)most, n);
    else if (native == F8)
        finish_f8((double *)found, (double *)most, n);
    for (Size c = 0; c < n; c++) {
        memcpy(low->at + c * low->step[2], found + c * low->size, (size_t)low->size);
        memcpy(high->at + c * high->step[2], most + c * low->size, (size_t)low->size);
    }
    Py_END_ALLOW_THREADS
    free(found);
    return Py_NewRef(Py_None);
}

static PyObject *py_minmax(PyObject *Py_UNUSED(self), PyObject *const *args, Size n_args)
{
    Py_buffer views[3];
    Block blocks[3];
    int got = 0;
    PyObject *result = NULL;
    if (!count_is(n_args, 3, "minmax"))
        return NULL;
    while (got < 3 && get_block(args[got], &views[got], &blocks[got], got ? 1 : 3, got > 0) == 0)
        got++;
    if (got == 3)
        result = run_minmax(&blocks[0], &blocks[1], &blocks[2]);
    while (got)
        PyBuffer_Release(&views[--got]);
    return result;
}

/* ---- gather_runs --------------------------------------------------------------------------- */

typedef struct { int64_t at, count, row, column; } Place;
enum { AT, COUNT, ROW, COLUMN, OUT, N_GATHER };

static int get_place(const Block *b, Size i, Size length, Place *p)
{
    const Block *out = &b[OUT];
    p->at = get_i8(b[AT].at + i * b[AT].step[2]);
    p->count = get_i8(b[COUNT].at + i * b[COUNT].step[2]);
    p->row = get_i8(b[ROW].at + i * b[ROW].step[2]);
    p->column = get_i8(b[COLUMN].at + i * b[COLUMN].step[2]);
    return p->count >= 0 && p->count <= out->n[1] && p->row >= 0
           && p->row <= out->n[1] - p->count && p->column >= 0 && p->column < out->n[2]
           && p->count <= length / out->size && p->at >= 0
           && p->at <= length - p->count * out->size;
}

#define COPY(n) \
    case n: \
        for (int64_t k = 0; k < p->count; k++) memcpy(dst + k * step, src + k * n, n); \
        break;

static void copy_run(const char *src, const Block *out, const Place *p)
{
    const Size step = out->step[1];
    char *dst = out->at + p->row * step + p->column * out->step[2];
    if (step == out->size) {
        memcpy(dst, src, (size_t)(p->count * step));
        return;
    }
    switch (out->size) {
        COPY(1)
        COPY(2)
        COPY(3)
        COPY(4)
        COPY(8)
    }
}

/* -1, or the run that lies outside. Places are looked at again when they are used: another
 * thread may have written to the index. */
static Size gather(const char *data, Size length, const Block *b)
{
    Place place;
    for (Size i = 0; i < b[AT].n[2]; i++)
        if (!get_place(b, i, length, &place))
            return i;
    for (Size i = 0; i < b[AT].n[2]; i++) {
        if (!get_place(b, i, length, &place))
            return i;
        copy_run(data + place.at, &b[OUT], &place);
    }
    return -1;
}

static PyObject *run_gather(const Py_buffer *data, const Block *b)
{
    Size wrong;
    const int size = b[OUT].size;
    if (size != 1 && size != 2 && size != 3 && size != 4 && size != 8) {
        PyErr_SetString(PyExc_TypeError, "samples of 1, 2, 3, 4 or 8 bytes");
        return NULL;
    }
    for (int k = AT; k <= COLUMN; k++) {
        if (b[k].code != I8) {
            PyErr_SetString(PyExc_TypeError, "indices must be int64");
            return NULL;
        }
        if (b[k].n[2] != b[AT].n[2]) {
            PyErr_SetString(PyExc_ValueError, "at, counts, rows and columns differ in length");
            return NULL;
        }
    }
    Py_BEGIN_ALLOW_THREADS
    wrong = gather(data->buf, data->len, b);
    Py_END_ALLOW_THREADS
    if (wrong >= 0)
        return PyErr_Format(PyExc_ValueError, "run %zd lies outside the buffer or out", wrong);
    return Py_NewRef(Py_None);
}

static PyObject *py_gather_runs(PyObject *Py_UNUSED(self), PyObject *const *args, Size n_args)
{
    Py_buffer data, views[N_GATHER];
    Block blocks[N_GATHER];
    int got = 0;
    PyObject *result = NULL;
    if (!count_is(n_args, 6, "gather_runs") || PyObject_GetBuffer(args[0], &data, PyBUF_SIMPLE) < 0)
        return NULL;
    while (got < N_GATHER
           && get_block(args[got + 1], &views[got], &blocks[got], got == OUT ? 2 : 1, got == OUT) == 0)
        got++;
    if (got == N_GATHER)
        result = run_gather(&data, blocks);
    while (got)
        PyBuffer_Release(&views[--got]);
    PyBuffer_Release(&data);
    return result;
}

/* ---- walk_blocks ---------------------------------------------------------------------------- */

typedef struct { Size header, count_at, words_at, word_bytes; } Chain;
typedef struct { int64_t *positions; Size n, room, stop; int reason; } Walk;

static inline int16_t get_le2(const char *p)
{
    const unsigned char *b = (const unsigned char *)p;
    return (int16_t)(b[0] | b[1] << 8);
}

/* 0, or -1 without memory. Every step is at least a header long. */
static int walk(const char *data, Size length, const Chain *chain, Walk *w)
{
    while (w->stop <= length - chain->header) {
        const int64_t count = get_le2(data + w->stop + chain->count_at);
        const int64_t words = get_le2(data + w->stop + chain->words_at);
        if (count < 0 || words < 0) {
            w->reason = 3;
            return 0;
        }
        if (w->n == w->room) {
            const Size room = w->room ? 2 * w->room : 1024;
            int64_t *more = realloc(w->positions, (size_t)room * sizeof *more);
            if (!more)
                return -1;
            w->positions = more;
            w->room = room;
        }
        w->positions[w->n++] = w->stop;
        w->stop += chain->header + (Size)(count * words) * chain->word_bytes;
    }
    w->reason = w->stop == length ? 0 : w->stop < length ? 1 : 2;
    return 0;
}

static PyObject *py_walk_blocks(PyObject *Py_UNUSED(self), PyObject *const *args, Size n_args)
{
    Py_buffer data;
    Size numbers[5];
    int failed;
    if (!count_is(n_args, 6, "walk_blocks"))
        return NULL;
    for (int i = 0; i < 5; i++) {
        numbers[i] = PyLong_AsSsize_t(args[i + 1]);
        if (numbers[i] == -1 && PyErr_Occurred())
            return NULL;
    }
    const Chain chain = {numbers[1], numbers[2], numbers[3], numbers[4]};
    Walk w = {NULL, 0, 0, numbers[0], 0};
    if (w.stop < 0 || chain.word_bytes < 0 || chain.word_bytes > 1024 || chain.count_at < 0
        || chain.words_at < 0 || chain.count_at > chain.header - 2
        || chain.words_at > chain.header - 2) {
        PyErr_SetString(PyExc_ValueError, "the fields must lie in the header, words have at most "
                                          "1024 bytes, and nothing may be negative");
        return NULL;
    }
    if (PyObject_GetBuffer(args[0], &data, PyBUF_SIMPLE) < 0)
        return NULL;
    Py_BEGIN_ALLOW_THREADS
    failed = walk(data.buf, data.len, &chain, &w);
    Py_END_ALLOW_THREADS
    PyBuffer_Release(&data);
    PyObject *result = NULL, *found = NULL;
    if (failed)
        PyErr_NoMemory();
    else
        found = PyBytes_FromStringAndSize((const char *)w.positions, w.n * (Size)sizeof(int64_t));
    free(w.positions);
    if (found) {
        result = Py_BuildValue("Oni", found, w.stop, w.reason);
        Py_DECREF(found);
    }
    return result;
}

/* ---- the module ------------------------------------------------------------------------------ */

#define METHOD(name) {#name, (PyCFunction)(void (*)(void))py_##name, METH_FASTCALL, NULL}
static PyMethodDef methods[] = {
    METHOD(decode), METHOD(decode_bytes), METHOD(gather_runs), METHOD(add_windows), METHOD(minmax),
    METHOD(walk_blocks), {NULL, NULL, 0, NULL},
};
static PyModuleDef_Slot slots[] = {{0, NULL}};
static PyModuleDef module = {
    PyModuleDef_HEAD_INIT, "neophys._kernels", NULL, 0, methods, slots, NULL, NULL, NULL,
};

PyMODINIT_FUNC PyInit__kernels(void) { return PyModuleDef_Init(&module); }
