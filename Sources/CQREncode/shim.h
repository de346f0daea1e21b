#ifndef BUDSTIKKE_CQRENCODE_SHIM_H
#define BUDSTIKKE_CQRENCODE_SHIM_H
#include <qrencode.h>
#endif
