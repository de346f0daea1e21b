// libmicrohttpd's variadic start call and macro constants get typed wrappers here.
#ifndef BUDSTIKKE_CMICROHTTPD_SHIM_H
#define BUDSTIKKE_CMICROHTTPD_SHIM_H
#include <microhttpd.h>
#endif
